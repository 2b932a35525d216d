"""Plain HTTP beside the page, on the same port."""
