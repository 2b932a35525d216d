"""The Streamlit page: it reads input, calls one method and draws events."""
