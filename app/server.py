"""One ASGI application on one port: the page, the sources, the state of health.  It asks nothing of anybody outside."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import PortTaken

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PAGE = Path(__file__).parent / "ui" / "page.py"
_OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.showSidebarNavigation": False,
    "global.developmentMode": False,
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.showEmailPrompt": False,
    "theme.base": "light",
    "theme.primaryColor": "#24247a",
    "theme.font": "system-ui, sans-serif",
    "theme.headingFont": "system-ui, sans-serif",
    "ui.hideTopBar": True,
}
# What the page may load and whom it may ask: this server alone.  Streamlit's own page has one inline script.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
    " img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; frame-src 'none'; base-uri 'self';"
    " form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def serve(host: str, port: int) -> None:
    """Serve until interrupted.  Raises PortTaken."""
    import uvicorn

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(host=host, port=port) from error
    application = create_application(host, port)
    print(f"Greffier: http://{host}:{port}", flush=True)
    uvicorn.run(application, host=host, port=port, log_level="warning", access_log=False, server_header=False)


def create_application(host: str, port: int) -> ASGIApp:
    """The application, with everything in Streamlit that would reach outside closed."""
    from starlette.middleware import Middleware
    from streamlit.starlette import App

    from app.api.source import routes
    from app.bootstrap import house

    configure_streamlit(host, port)
    threading.Thread(target=lambda: house().warm(), name="warm-up", daemon=True).start()
    return App(_PAGE, routes=routes(house), middleware=[Middleware(Headers)])


def configure_streamlit(host: str, port: int) -> None:
    from streamlit import config, net_util

    options = {**_OPTIONS, "server.address": host, "server.port": port, "browser.serverAddress": host}
    for name, value in options.items():
        config.set_option(name, value)
    # It asks an outside address for its own when an origin is unknown to it: it is told that there is none.
    net_util.get_external_ip = lambda: None


class Headers:
    """Add the security headers to each response that does not bring stricter ones."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in _HEADERS.items()
                        if name.lower().encode() not in present
                    ),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)
