import Driver
import Netlink
import RouteNetlink

/// The first byte chooses the kind of message, the rest is its body: what decodes must encode to the same bytes.
@main
enum Attributes {
    static func main() {
        fuzz { start, count in
            let bytes = bytes(start, count)
            guard let first = bytes.first else { return 0 }
            let kinds = RouteMessageKind.allCases
            let body = Array(bytes.dropFirst())
            guard let schema = kinds[Int(first) % kinds.count].schema else { return 0 }
            if let decoded = try? schema.decode(body) {
                guard let encoded = try? decoded.encoded(), encoded == body else { fatalError("it does not come back") }
            }
            _ = schema.path(offset: Int(first) + 16, in: body)
            _ = schema.path(missingType: Int(first), missingNest: body.count / 2, in: body)
            return 0
        }
    }
}
