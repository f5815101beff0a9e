"""The ASGI application: our control routes beside ministack's own."""

from caretaker_local.control import Control
from caretaker_local.settings import Settings


def build_gateway(settings: Settings):
    """ministack with our routes in front. Import it only after serve.prepare_environment."""
    from ministack.app import app as ministack_app

    control = Control(settings)

    async def gateway(scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith("/_caretaker/"):
            await control(scope, receive, send)
            return
        await ministack_app(scope, receive, send)

    return gateway
