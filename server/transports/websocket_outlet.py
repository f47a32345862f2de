"""Where a live subscription meets its socket."""

from collections.abc import Callable
from typing import Any

from server.transports import websocket_messages as messages
from server.transports.live import Subscription
from server.transports.socket import SocketProtocol


class LiveOutlet:
    """A live subscription on a socket, under the operation's id. `ended` says whether its end is to be told."""

    __slots__ = ("_ended", "_operation_id", "_socket", "_waits", "subscription")

    one_by_one = False

    def __init__(self, socket: SocketProtocol, operation_id: str, ended: Callable[["LiveOutlet"], bool]) -> None:
        self._socket = socket
        self._operation_id = operation_id
        self._ended = ended
        self._waits = False
        self.subscription: Subscription | None = None

    def next(self, body: bytes) -> bool:
        """Send a result; there is room for another unless the client has stopped reading."""
        self._socket.say(*messages.next_result(self._operation_id, body))
        self._waits = self._socket.is_full
        return not self._waits

    def error(self, errors: list[dict[str, Any]]) -> None:
        """Say that it broke."""
        if self._ended(self):
            self._socket.say(messages.error(self._operation_id, errors))

    def complete(self) -> None:
        """Say that it is over."""
        if self._ended(self):
            self._socket.say(messages.complete(self._operation_id))

    def room(self) -> None:
        """The client reads again."""
        if self._waits and self.subscription is not None:
            self._waits = False
            self.subscription.go_on()

    def close(self) -> None:
        """The client does not want it any more, or has left."""
        if self.subscription is not None:
            self.subscription.close()
