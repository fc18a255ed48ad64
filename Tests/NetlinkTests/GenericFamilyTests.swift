import CTestSupport
import Glibc
import Kernel
import Netlink
import SystemPackage
import TestSupport
import Testing

@Suite("Generic netlink's families")
struct GenericFamilyTests {
    private static var soon: Deadline { Deadline(in: .seconds(10)) }

    /// What `genl ctrl list` prints, with our own numbers.
    private func text(_ family: GenericFamily) -> [String] {
        func hex(_ number: some BinaryInteger) -> String { "0x" + String(number, radix: 16) }
        var lines = [
            "Name: \(family.name)",
            "ID: \(hex(family.identifier))  Version: \(hex(family.version))  header size: \(family.headerSize)"
                + "  max attribs: \(family.largestAttribute)",
        ]
        if !family.operations.isEmpty { lines.append("commands supported:") }
        for (place, operation) in family.operations.enumerated() {
            lines.append("#\(place + 1):  ID-\(hex(operation.command))")
            // genl takes the family's version for the controller's, and leaves the flags out below 2.
            if family.version < 2 { continue }
            lines.append("Capabilities (\(hex(operation.flags.rawValue))):")
            let words: [(GenericFamily.OperationFlags, String)] = [
                (.takesAdministrator, "requires admin permission;"), (.canDo, "can doit;"), (.canDump, "can dumpit;"),
                (.hasPolicy, "has policy"),
            ]
            let said = words.filter { operation.flags.contains($0.0) }.map(\.1)
            if !said.isEmpty { lines.append(said.joined(separator: " ")) }
        }
        if !family.groups.isEmpty { lines.append("multicast groups:") }
        for (place, group) in family.groups.enumerated() {
            lines.append("#\(place + 1):  ID-\(hex(group.identifier))  name: \(group.name)")
        }
        return lines
    }

    @Test("all families are those that genl lists, with their operations, flags and groups")
    func list() throws {
        var controller = try GenericController.open()
        let families = try controller.families(until: Self.soon)
        let peer = try run("genl ctrl list").lines.map { line in
            String(line.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " }.reversed())
        }
        let lines = peer.filter { !$0.isEmpty }
        #expect(lines.count > 50 && families.flatMap(text) == lines)
        for family in families {
            #expect(try controller.family(family.name, until: Self.soon) == family)
        }
    }

    /// What `genl ctrl policy` prints of one family, with our own numbers.
    private func text(_ policy: GenericPolicy, of family: GenericFamily) -> Set<String> {
        let head = "ID: 0x" + String(family.identifier, radix: 16)
        var lines: Set<String> = []
        for (command, operation) in policy.operations {
            let parts = [operation.do.map { " do=\($0)" }, operation.dump.map { " dump=\($0)" }].compactMap { $0 }
            lines.insert("\(head)  op \(command) policies:" + parts.joined())
        }
        // iproute2 6.1 knows no numbers past BITFIELD32.
        for (number, attributes) in policy.policies {
            for (type, attribute) in attributes {
                let known = attribute.kind.rawValue <= AttributePolicy.Kind.bitfield32.rawValue
                var line =
                    "\(head)  policy[\(number)]:attr[\(type)]: type=\(known ? attribute.kind.description : "unknown")"
                if let nested = attribute.nestedPolicy { line += " policy:\(nested)" }
                if let largest = attribute.largestNested { line += " maxattr:\(largest)" }
                if let range = attribute.unsignedRange { line += " range:[\(range.lowerBound),\(range.upperBound)]" }
                if let range = attribute.signedRange { line += " range:[\(range.lowerBound),\(range.upperBound)]" }
                if let least = attribute.minimumLength { line += " min len:\(least)" }
                if let most = attribute.maximumLength { line += " max len:\(most)" }
                lines.insert(line)
            }
        }
        return lines
    }

    @Test("the policy of every family is what genl prints of it, and one without is nil")
    func policy() throws {
        var controller = try GenericController.open()
        var count = 0
        for family in try controller.families(until: Self.soon) {
            let peer = try attempt("genl ctrl policy name \(family.name)")
            guard let policy = try controller.policy(of: family, until: Self.soon) else {
                #expect(peer.errors.contains("No data available"))
                continue
            }
            let lines = Set(peer.lines.map { String($0.drop { $0 == "\t" || $0 == " " }) })
            #expect(text(policy, of: family) == lines, "\(family.name)")
            count += lines.count
        }
        #expect(count > 100)
        let ethtool = try controller.family("ethtool", until: Self.soon)
        let policy = try #require(try controller.policy(of: ethtool, until: Self.soon))
        // ETHTOOL_A_LINKMODES_AUTONEG of ETHTOOL_MSG_LINKMODES_SET, and the maximum of lanes (net/ethtool/linkmodes.c).
        #expect(policy.policy(of: 2, command: 5)?.kind == .u8)
        #expect(policy.policy(of: 9, command: 5)?.unsignedRange == 1...8)
        #expect(policy.policy(of: 77, command: 5) == nil && policy.policy(of: 2, command: 5, dump: true) == nil)
    }

    @Test("a family that is not there is a missing feature that names the module; ethtool's has none")
    func missing() throws {
        var controller = try GenericController.open()
        let error = #expect(throws: NetlinkError.self) { try controller.family("nosuchfamily", until: Self.soon) }
        let alias = "net-pf-16-proto-16-family-nosuchfamily"
        #expect(error?.kind == .missingFamily("nosuchfamily", module: alias) && error?.cause == .missingFeature)
        #expect(error?.description.contains("load the kernel module \(alias)") == true)
        let families = try controller.families(until: Self.soon).map(\.name)
        if !families.contains("wireguard") {
            let error = #expect(throws: NetlinkError.self) { try controller.family("wireguard", until: Self.soon) }
            #expect(error?.kind == .missingFamily("wireguard", module: "wireguard"))
        }
        let none = NetlinkError(
            .missingFamily("ethtool", module: nil), operation: "find", errno: .noSuchFileOrDirectory)
        #expect(none.description == "find: the kernel was built without it" && none.cause == .missingFeature)
    }

    @Test("a family's group can be joined, and its notification comes", .enabled(if: getuid() == 0))
    func group() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let deadline = Deadline(in: .seconds(10))
            try run("ip link add v0 type veth peer name v1")
            let socket = try NetlinkSocket.open(.generic)
            var controller = GenericController(socket)
            let ethtool = try controller.family("ethtool", until: deadline)
            let missing = #expect(throws: NetlinkError.self) { try socket.join("nosuchgroup", of: ethtool) }
            #expect(missing?.cause == .notFound && missing?.subject == "multicast group nosuchgroup of ethtool")
            try socket.join("monitor", of: ethtool)
            try run("ethtool -K v0 gro on")
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let datagram = try socket.receive(into: &buffer, until: deadline)
            #expect(datagram.sender == 0)
            var cursor = MessageCursor()
            let bytes = Array(buffer.prefix(datagram.byteCount))
            let message = try #require(try cursor.next(unsafe bytes.span.bytes))
            // ETHTOOL_MSG_FEATURES_NTF, whose first attribute is the header with the link's name.
            let generic = try GenericMessage(message, in: unsafe bytes.span.bytes)
            #expect(
                message.type == ethtool.identifier && generic.command == 13
                    && generic.attributes.nested(1)?[text: 2] == "v0")
        }
    }

    @Test("every prefix and thousands of damaged answers of the controller neither trap nor loop")
    func damage() throws {
        var set = AttributeSet()
        set[text: 2] = "thing"
        set[1, as: UInt16.self] = 30
        set.append { writer in
            writer.nest(6) { $0.nest(1) { $0.attribute(1, integer: UInt32(3)) } }
            writer.nest(7) { $0.nest(1) { $0.attribute(1, text: "group") } }
            writer.nest(8) {
                $0.nest(0) {
                    $0.nest(1) {
                        $0.attribute(4, integer: UInt64.max)
                        $0.attribute(5, integer: UInt64(0))
                    }
                }
            }
            writer.nest(9) { $0.nest(1) { $0.attribute(1, integer: UInt32(0)) } }
        }
        let whole = [3, 2, 0, 0] + set.bytes
        let family = try GenericFamily(GenericMessage(body: whole).attributes)
        #expect(family.operations == [.init(command: 3, flags: [])] && family.groups.isEmpty)
        var random = SeededGenerator(seed: 0x6e)
        var count = 0
        func read(_ bytes: [UInt8]) {
            guard let message = try? GenericMessage(body: bytes) else { return }
            count += 1
            _ = try? GenericFamily(message.attributes)
            var policy = GenericPolicy()
            policy.merge(message.attributes)
        }
        for length in 0...whole.count { read(Array(whole.prefix(length))) }
        for _ in 0..<20_000 { read(random.damaged(whole)) }
        #expect(count > 2_000)
        // A range that is upside down is no range.
        var policy = GenericPolicy()
        policy.merge(set)
        #expect(policy.policies[0]?[1]?.unsignedRange == nil && policy.operations[1] == .init(do: 0))
    }
}
