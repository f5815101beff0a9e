"""Closing a connection without an answer, as a lost reply looks to its caller."""


def install() -> None:
    """hypercorn answers 500 for an application that says nothing; a dropped call must say nothing."""
    from hypercorn.protocol.http_stream import HTTPStream

    original = HTTPStream._send_error_response

    async def send_error_response(self, status_code: int) -> None:
        if not self.scope.get("state", {}).get("caretaker.drop"):
            await original(self, status_code)

    HTTPStream._send_error_response = send_error_response
