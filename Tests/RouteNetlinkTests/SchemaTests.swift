import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

/// Messages of our own making, by a MessageWriter.
@Suite("Messages by their schema")
struct SchemaTests {
    private static let link = RouteMessageKind.link.schema

    /// A VLAN on a bridge's port, as a request to make one would be, with one attribute that nobody knows.
    private static func vlan() -> [UInt8] {
        var request = MessageWriter()
        request.append(bytes: [0, 0, 1, 0, 7, 0, 0, 0, 0x43, 0x10, 1, 0, 0xff, 0xff, 0xff, 0xff])
        request.attribute(3, text: "vlan9")
        request.attribute(4, integer: UInt32(1400))
        request.attribute(1, bytes: [0x52, 0x54, 0, 0x12, 0x34, 0x56])
        request.nest(18) {
            $0.attribute(1, text: "vlan")
            $0.nest(2) {
                $0.attribute(1, integer: UInt16(101))
                $0.attribute(5, bytes: [0x81, 0x00])
                $0.attribute(2, bytes: [1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
                $0.nest(4) { $0.attribute(1, bytes: [6, 0, 0, 0, 7, 0, 0, 0]) }
            }
        }
        request.attribute(0x3f0, bytes: [0xde, 0xad, 0xbe])
        return request.bytes
    }

    @Test("every kind of message has a schema, and every type of message its kind")
    func kinds() throws {
        for kind in RouteMessageKind.allCases {
            let schema = try #require(kind.schema)
            #expect(schema.kind == kind.rawValue && schema.headerSize > 0)
        }
        #expect(MessageSchema.all.map(\.kind) == RouteMessageKind.allCases.map(\.rawValue))
        #expect(MessageSchema(named: "nosuch") == nil && RouteMessageKind(messageType: 3) == nil)
        // RTM_SETLINK, RTM_GETADDR, RTM_DELTFILTER
        #expect(RouteMessageKind(messageType: 19) == .link && RouteMessageKind(messageType: 22) == .address)
        #expect(RouteMessageKind(messageType: 45) == .tc)
    }

    @Test("names, values and what hangs on a neighbour are told; the unknown keeps its number and bytes")
    func values() throws {
        let message = try #require(Self.link).decode(Self.vlan())
        #expect(message.header["index"]?.integer == 7 && message.header["flags"]?.integer == 0x11043)
        #expect(message.header["change"]?.integer == 0xffff_ffff)
        let attributes = message.attributes
        #expect(attributes["IFLA_IFNAME"] == .text("vlan9") && attributes["IFLA_MTU"]?.integer == 1400)
        #expect(attributes["IFLA_ADDRESS"] == .hardwareAddress([0x52, 0x54, 0, 0x12, 0x34, 0x56]))
        #expect(attributes["IFLA_1008"] == .bytes([0xde, 0xad, 0xbe]))
        let data = try #require(attributes["IFLA_LINKINFO"]?.nested?["IFLA_INFO_DATA"]?.nested)
        #expect(data["IFLA_VLAN_ID"]?.integer == 101 && data["IFLA_VLAN_PROTOCOL"]?.integer == 0x8100)
        guard case .structure(let mapping)? = data["IFLA_VLAN_INGRESS_QOS"]?.nested?["IFLA_VLAN_QOS_MAPPING"] else {
            Issue.record("\(data)")
            return
        }
        #expect(mapping["from"]?.integer == 6 && mapping["to"]?.integer == 7)
    }

    @Test("what is changed in the tree is changed in the bytes, and nothing else")
    func change() throws {
        let bytes = Self.vlan()
        var message = try #require(Self.link).decode(bytes)
        #expect(try message.encoded() == bytes)
        let place = try #require(message.attributes.nodes.firstIndex { $0.name == "IFLA_MTU" })
        message.attributes.nodes[place].value = .integer(AttributeInteger(9000, sizeInBytes: 4))
        var wanted = bytes
        let offset = try #require(bytes.indices.first { Array(bytes[$0...].prefix(4)) == [0x78, 5, 0, 0] })
        wanted.replaceSubrange(offset..<offset + 4, with: [0x28, 0x23, 0, 0])
        #expect(try message.encoded() == wanted)
    }

    @Test("a payload that is not of its type is kept as bytes; so are padding, flags and lengths out of the ordinary")
    func oddities() throws {
        let schema = try #require(Self.link)
        let header = [UInt8](repeating: 0, count: 16)
        for attribute: [UInt8] in [
            [7, 0, 4, 0, 1, 2, 3, 0],  // IFLA_MTU of three bytes
            [7, 0, 4, 0, 1, 2, 3],  // and without its padding
            [7, 0, 3, 0, 0x61, 0x62, 0x63, 9],  // a name without NUL, its padding not zero
            [8, 0, 3, 0, 0x61, 0, 0x62, 0],  // NUL in the midst of a name
            [8, 0, 3, 0, 0xff, 0xfe, 0xfd, 0],  // no UTF-8
            [5, 0, 12, 0, 3, 0, 0, 0],  // IFLA_PROTINFO of one byte, as a bridge's port of old
            [8, 0, 4, 0xc0, 1, 0, 0, 0],  // both flags on an integer
            // IFLA_STATS64 empty, IFLA_LINKINFO empty, IFLA_STATS64 too short
            [4, 0, 23, 0], [4, 0, 18, 0x80], [12, 0, 23, 0, 1, 2, 3, 4, 5, 6, 7, 8],
        ] {
            let message = try schema.decode(header + attribute)
            #expect(try message.encoded() == header + attribute, "\(attribute)")
        }
        // IFLA_STATS64 of eight bytes and of one member more than we know.
        let short = try schema.decode(header + [12, 0, 23, 0, 1, 2, 3, 4, 5, 6, 7, 8])
        guard case .structure(let statistics)? = short.attributes["IFLA_STATS64"] else { throw DocumentMissing() }
        #expect(statistics["rx_packets"]?.integer == 0x0807_0605_0403_0201 && statistics["tx_bytes"]?.integer == 0)
        let long = header + [212, 0, 23, 0] + (0..<208).map { UInt8($0) }
        let more = try schema.decode(long)
        guard case .structure(let longer)? = more.attributes["IFLA_STATS64"] else { throw DocumentMissing() }
        #expect(longer.tail == (200..<208).map { UInt8($0) })
        #expect(try more.encoded() == long)
    }

    private struct DocumentMissing: Error {}

    @Test("a malformed message is an error with its place, in nests too")
    func malformed() throws {
        let schema = try #require(Self.link)
        let header = [UInt8](repeating: 0, count: 16)
        func place(_ attributes: [UInt8]) -> (Int?, NetlinkError.Kind?) {
            do throws(NetlinkError) {
                _ = try schema.decode(header + attributes)
                return (nil, nil)
            } catch {
                return (error.offset, error.kind)
            }
        }
        #expect(place([0, 0, 4, 0]) == (16, .malformed(.lengthBelowHeader(0))))
        #expect(place([8, 0, 4, 0, 1, 0, 0, 0, 0xff, 0xff, 4, 0]) == (24, .malformed(.lengthPastEnd(0xffff))))
        #expect(place([8, 0, 4, 0, 1, 0, 0, 0, 4, 0]) == (24, .malformed(.truncatedHeader)))
        #expect(place([8, 0, 18, 0x80, 3, 0, 1, 0]) == (20, .malformed(.lengthBelowHeader(3))))
        for length in [0, 2, 3, 5, 15] {
            #expect(throws: NetlinkError.self) { try schema.decode([UInt8](repeating: 0, count: length)) }
        }
        // struct rtgenmsg alone is a request that the kernel takes.
        #expect(try schema.decode([17]).encoded() == [17])
        #expect(try schema.decode([17, 0, 0, 0]).header["index"]?.integer == 0)
    }

    @Test("cut anywhere and damaged anyhow, a message is refused or comes back as it was")
    func damage() throws {
        var generator = SeededGenerator(seed: 4)
        var samples = [(RouteMessageKind.link, Self.vlan())]
        if ConformanceSet.isPresent {
            samples += try ConformanceSet().messages.compactMap { message in
                RouteMessageKind(rawValue: message.kind).map { ($0, message.bytes) }
            }
        }
        var decoded = 0
        for (kind, bytes) in samples {
            let schema = try #require(kind.schema)
            let damaged = (0..<200).map { _ in generator.damaged(bytes) }
            for sample in bytes.indices.map({ Array(bytes.prefix($0)) }) + damaged {
                guard let message = try? schema.decode(sample) else { continue }
                decoded += 1
                #expect(try message.encoded() == sample, "\(kind) \(AttributeValue.hexadecimal(sample))")
            }
        }
        #expect(decoded > samples.count * 20)
    }

    @Test("a nest within a nest without end is kept, not followed")
    func depth() throws {
        // TCA_ACT_TAB of TCA_OPTIONS of itself cannot be; a veth's peer that is a veth can.
        var inner: [UInt8] = [UInt8](repeating: 0, count: 16)
        for _ in 0..<200 {
            var request = MessageWriter()
            request.append(bytes: [UInt8](repeating: 0, count: 16))
            request.nest(18) {
                $0.attribute(1, text: "veth")
                $0.nest(2) { $0.attribute(1, bytes: inner) }
            }
            inner = request.bytes
        }
        let message = try #require(Self.link).decode(inner)
        #expect(try message.encoded() == inner)
    }

    @Test("an acknowledgement's offset is told as a path, with the value there")
    func paths() throws {
        let schema = try #require(Self.link)
        let body = Self.vlan()
        func at(_ pattern: [UInt8]) throws -> Int {
            16 + (try #require(body.indices.first { Array(body[$0...].prefix(pattern.count)) == pattern }))
        }
        // The kernel points at the attribute's header, or at its payload.
        let identifier = try at([6, 0, 1, 0, 101, 0])
        for offset in [identifier, identifier + 4] {
            let path = try #require(schema.path(offset: offset, in: body))
            #expect(path.words == "link.info.data(vlan).id" && path.value?.integer == 101)
            #expect("\(path)" == "link.info.data(vlan).id (101)")
        }
        #expect(schema.path(offset: try at([8, 0, 4, 0]), in: body)?.words == "link.mtu")
        #expect(schema.path(offset: 16 + 4, in: body)?.description == "link.index (7)")
        #expect(schema.path(offset: 16 + body.count + 8, in: body) == nil && schema.path(offset: 3, in: body) == nil)
        let data = try #require(body.indices.last { body[$0...].starts(with: [2, 0x80]) }) - 2 + 16
        // NLMSGERR_ATTR_MISS_TYPE with and without its nest.
        #expect(schema.path(missingType: 6, missingNest: data, in: body)?.words == "link.info.data(vlan).6")
        #expect(schema.path(missingType: 5, missingNest: data, in: body)?.words == "link.info.data(vlan).protocol")
        #expect(schema.path(missingType: 5, in: body)?.words == "link.link")
    }
}
