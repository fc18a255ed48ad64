import Driver
import Netlink
import RouteNetlink

/// Datagrams: each message as whatever its type says, and as every typed value.
@main
enum Messages {
    static func main() {
        fuzz { start, count in
            let bytes = bytes(start, count)
            let span = bytes.span.bytes
            var cursor = MessageCursor()
            while let message = try? cursor.next(span) {
                _ = try? Link(message, in: span)
                _ = try? InterfaceAddress(message, in: span)
                _ = try? Route(message, in: span)
                _ = try? MPLSRoute(message, in: span)
                _ = try? Rule(message, in: span)
                _ = try? Neighbor(message, in: span)
                _ = try? NeighborTable(message, in: span)
                _ = try? Nexthop(message, in: span)
                _ = try? GenericMessage(message, in: span)
                _ = try? ExtendedAcknowledgement(message, in: span)
            }
            return 0
        }
    }
}
