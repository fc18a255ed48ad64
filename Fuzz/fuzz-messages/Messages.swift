import Driver
import Netlink
import RouteNetlink

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
            }
            return 0
        }
    }
}
