import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("Decoding of rtnetlink's messages")
struct DecodingTests {
    private func decode(_ body: [UInt8]) {
        var request = NetlinkRequest("test", type: 16)
        request.body.append(bytes: body)
        guard let bytes = try? request.encoded(sequence: 1, port: 1) else { return }
        var cursor = MessageCursor()
        while let message = try? cursor.next(unsafe bytes.span.bytes) {
            _ = try? Link(message, in: unsafe bytes.span.bytes)
            _ = try? InterfaceAddress(message, in: unsafe bytes.span.bytes)
            _ = try? Route(message, in: unsafe bytes.span.bytes)
        }
    }

    /// A link's body: struct ifinfomsg, then attributes.
    private var link: NetlinkRequest {
        var request = NetlinkRequest("test", type: 16)
        request.body.append(bytes: [0, 0, 1, 0, 7, 0, 0, 0, 0x43, 0x10, 1, 0, 0, 0, 0, 0])
        request.body.attribute(3, text: "eth0")
        request.body.attribute(4, integer: UInt32(1500))
        request.body.attribute(33, integer: UInt8(1))
        request.body.attribute(0x3fff, bytes: [1, 2, 3])
        request.body.nest(18) { $0.attribute(1, text: "veth") }
        return request
    }

    @Test("a short fixed header is extended with zeros, and unknown attributes are passed over")
    func forward() throws {
        let bytes = try link.encoded(sequence: 1, port: 1)
        var cursor = MessageCursor()
        let message = try #require(try cursor.next(unsafe bytes.span.bytes))
        let decoded = try Link(message, in: unsafe bytes.span.bytes)
        #expect(decoded.index == 7 && decoded.name == "eth0" && decoded.kind == "veth" && decoded.hasCarrier == true)
        #expect(decoded.flags == [.up, .broadcast, .running, .multicast, .lowerUp])
        var short = NetlinkRequest("test", type: 16)
        short.body.append(bytes: [0, 0, 1, 0, 7, 0, 0, 0])
        let few = try short.encoded(sequence: 1, port: 1)
        var again = MessageCursor()
        let shorter = try #require(try again.next(unsafe few.span.bytes))
        let minimal = try Link(shorter, in: unsafe few.span.bytes)
        #expect(minimal.index == 7 && minimal.type == .ethernet && minimal.flags == [] && minimal.name.isEmpty)
    }

    @Test("every prefix and a hundred thousand damaged bodies neither trap nor loop")
    func damage() {
        var route = NetlinkRequest("test", type: 24)
        route.body.append(bytes: [2, 24, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0])
        for type in [1, 5, 7, 18] { route.body.attribute(type, bytes: [10, 0, 0, 1]) }
        for type in [4, 6, 15] { route.body.attribute(type, integer: UInt32(2)) }
        var address = NetlinkRequest("test", type: 20)
        address.body.append(bytes: [10, 64, 0, 0, 2, 0, 0, 0])
        address.body.attribute(1, bytes: [UInt8](repeating: 1, count: 16))
        address.body.attribute(6, bytes: [UInt8](repeating: 9, count: 16))
        address.body.attribute(8, integer: UInt32(0x200))
        var random = SeededGenerator(seed: 0x5eed)
        for whole in [link.body.bytes, route.body.bytes, address.body.bytes] {
            for count in 0...whole.count { decode(Array(whole.prefix(count))) }
            for _ in 0..<33_000 { decode(random.damaged(whole)) }
        }
    }
}
