"""The ASGI application: our control routes beside ministack, and our pipeline around it."""


def build_gateway(cloud):
    """Call it only after serve.prepare_environment: ministack reads its settings at import."""
    from ministack.app import app as ministack_app

    from caretaker_local.control import Control
    from caretaker_local.pipeline import Pipeline

    control = Control(cloud)
    pipeline = Pipeline(cloud, ministack_app)

    async def gateway(scope, receive, send):
        if scope["type"] != "http":
            await ministack_app(scope, receive, send)
        elif scope["path"].startswith("/_caretaker/"):
            await control(scope, receive, send)
        else:
            await pipeline(scope, receive, send)

    return gateway
