import Kernel
import Netlink
import RouteNetlink
import Testing

@Suite("A route's encapsulations, byte by byte")
struct EncapsulationTests {
    private static func route(_ encapsulation: RouteEncapsulation) throws -> Route {
        var route = Route(to: try #require(IPPrefix("2001:db8:7::/48")), linkIndex: 7)
        route.encapsulation = encapsulation
        return route
    }

    /// RTA_ENCAP is 22, RTA_ENCAP_TYPE 21 (linux/rtnetlink.h).
    private static func content(_ route: Route) throws -> AttributeSet { try #require(route.attributes.nested(22)) }

    @Test("room for telemetry is a trace header of RFC 9197, section 4.4")
    func telemetry() throws {
        var telemetry = RouteTelemetry(mode: .encapsulate, type: 0x80_1234, namespace: 0x0102, size: 12)
        telemetry.destination = IPv6Address("2001:db8::9")
        telemetry.frequency = .init(packets: 1, outOf: 3)
        let route = try Self.route(.telemetry(telemetry))
        // LWTUNNEL_ENCAP_IOAM6.
        #expect(route.attributes[21, as: UInt16.self] == 9)
        let content = try Self.content(route)
        // Namespace; node length, flags and three words of room; the type's 24 bits and eight reserved ones.
        #expect(content.payload(3) == [1, 2, 0, 3, 0x80, 0x12, 0x34, 0])
        #expect(content[1, as: UInt8.self] == 2)
        #expect(content.payload(2) == [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9])
        #expect(content[4, as: UInt32.self] == 1)
        #expect(content[5, as: UInt32.self] == 3)
        guard case .telemetry(let read)? = route.encapsulation else {
            Issue.record("no telemetry")
            return
        }
        #expect(read.type == 0x80_1234)
        #expect(read.namespace == 0x0102)
        #expect(read.size == 12)
        #expect(read.mode == .encapsulate)
        #expect(read == telemetry)
    }

    @Test("a trace header that is too short is kept as it came")
    func shortTrace() throws {
        var content = AttributeSet()
        content[bytes: 3] = [1, 2, 3]
        let route = try Self.route(.other(9, content))
        #expect(route.encapsulation == .other(9, content))
    }

    @Test("a segment routing header keeps its flags, its tag and what follows the segments")
    func header() throws {
        let bytes: [UInt8] =
            // Mode encap; then nexthdr, hdrlen, type, segments left, last entry, flags, tag.
            [1, 0, 0, 0, 0, 7, 4, 0, 0, 0x28, 0x12, 0x34] + [UInt8](repeating: 0xfc, count: 16)
            // Type HMAC, its length, reserved, the key, 32 bytes.
            + [5, 38, 0, 0, 0, 0, 0, 171] + [UInt8](repeating: 9, count: 32)
        var content = AttributeSet()
        content[bytes: 1] = bytes
        var route = try Self.route(.other(5, content))
        guard case .segmentRouting(let routing)? = route.encapsulation else {
            Issue.record("no segment routing")
            return
        }
        #expect(routing.segments.count == 1)
        #expect(routing.header.flags == 0x28)
        #expect(routing.header.tag == 0x1234)
        #expect(routing.header.authenticationKey == 171)
        route.encapsulation = .segmentRouting(routing)
        #expect(try Self.content(route).payload(1) == bytes)
        var signed = SegmentRoutingHeader(routing.segments)
        signed.authenticationKey = 171
        #expect(signed.trailer == [5, 38, 0, 0, 0, 0, 0, 171] + [UInt8](repeating: 0, count: 32))
        signed.authenticationKey = nil
        #expect(signed == SegmentRoutingHeader(routing.segments))
    }

    @Test("each prefix of a segment routing header that lacks a segment is kept as it came")
    func prefixes() throws {
        let whole: [UInt8] = [1, 0, 0, 0, 0, 4, 4, 1, 1, 0, 0, 0] + [UInt8](repeating: 0xfc, count: 32)
        for count in 0..<whole.count {
            var content = AttributeSet()
            content[bytes: 1] = Array(whole.prefix(count))
            let route = try Self.route(.other(5, content))
            #expect(route.encapsulation == .other(5, content), "\(count) bytes")
        }
    }

    @Test("a stack of labels without a bottom is kept as it came, and is no tunnel")
    func labels() throws {
        for bytes: [UInt8] in [[], [0], [0, 0x10, 0, 0], [0, 0x10, 0]] {
            var content = AttributeSet()
            content[bytes: 1] = bytes
            // LWTUNNEL_ENCAP_MPLS.
            let route = try Self.route(.other(1, content))
            #expect(route.encapsulation == .other(1, content), "\(bytes)")
        }
    }

    @Test("a local segment's properties are its attributes")
    func localSegment() throws {
        var segment = LocalSegment(.lookup)
        segment.table = 100
        segment.flavors = .init(operations: [.penultimatePop, .compressed], locatorBlockBits: 48, nodeFunctionBits: 16)
        segment.count()
        let route = try Self.route(.localSegment(segment))
        // LWTUNNEL_ENCAP_SEG6_LOCAL; End.T; SEG6_LOCAL_FLAVORS with bits 1 and 4 of its operation.
        #expect(route.attributes[21, as: UInt16.self] == 7)
        let content = try Self.content(route)
        #expect(content[1, as: UInt32.self] == 3)
        #expect(content[3, as: UInt32.self] == 100)
        let flavors = try #require(content.nested(11))
        #expect(flavors[1, as: UInt32.self] == 0b10010)
        #expect(flavors[2, as: UInt8.self] == 48)
        #expect(flavors[3, as: UInt8.self] == 16)
        guard case .localSegment(let read)? = route.encapsulation else {
            Issue.record("no local segment")
            return
        }
        #expect(read == segment)
        #expect(read.counters?.packets == 0)
        #expect(read.header == nil)
    }
}
