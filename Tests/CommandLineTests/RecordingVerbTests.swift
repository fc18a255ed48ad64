import CTestSupport
import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Recording and replaying")
struct RecordingVerbTests {
    private static let verbs = [
        "address list", "disk list", "link ethtool", "link list", "link vlan list", "link wireguard", "neighbor list",
        "platform detect",
        "platform facts", "route list", "rule list",
    ]

    @Test("a recording's replay is byte for byte the answer that GNU tar finds in it")
    func replay() throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/node.slipway"
        let recorded = try slipway("record --json -o \(file)")
        #expect(recorded.status == .exited(0), "\(recorded.errors)")
        #expect(try recorded.document["kernel"]?.string == HostRoot.live.text("/proc/sys/kernel/osrelease"))
        for verb in Self.verbs {
            let stored = try Self.stored(verb, in: file)
            let outcome = try slipway("\(verb) --replay \(file) --json")
            #expect(outcome.status == .exited(0) && outcome.errors.isEmpty)
            #expect(outcome.output == stored && !stored.isEmpty)
        }
    }

    @Test(
        "the replay is the same for a user without any privilege", .enabled(if: getuid() == 0, "needs root to drop it"))
    func unprivileged() throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/node.slipway"
        try #require(slipway("record -o \(file)").isSuccess)
        // The build folder may be closed to others.
        try run("cp \(builtProduct(named: "slipway")) \(directory.path)/slipway")
        try run("chmod -R a+rX \(directory.path)")
        let nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"
        try #require(run("\(nobody) id -u").text == "65534\n")
        for verb in Self.verbs {
            let outcome = try attempt("\(nobody) \(directory.path)/slipway \(verb) --replay \(file) --json")
            #expect(outcome.isSuccess, "\(outcome.errors)")
            #expect(try outcome.output == Self.stored(verb, in: file))
        }
    }

    @Test("a recording that is not there, is none, or is cut is exit 1 in one line")
    func malformed() throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/node.slipway"
        try #require(slipway("record -o \(file)").isSuccess)
        let bytes = try HostRoot.live.contents(of: FilePath(file), limit: 64 << 20)
        try directory.write("cut", Array(bytes.prefix(bytes.count / 2)))
        try directory.write("noise", (0..<2048).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        try directory.write("empty", "")
        try directory.write("plain/hello", "hello")
        try run("tar -cf \(directory.path)/other.tar -C \(directory.path)/plain .")
        for name in ["cut", "noise", "empty", "other.tar", "nonesuch", "plain"] {
            for verb in Self.verbs {
                let outcome = try slipway("\(verb) --replay \(directory.path)/\(name)")
                expectOneLine(outcome, exit: 1, "\(directory.path)/\(name)", "slipway record -o FILE")
            }
        }
    }

    @Test("the links that ip makes in a namespace are replayed outside it", .enabled(if: getuid() == 0, "needs root"))
    func links() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let file = "\(directory.path)/node.slipway"
            let outside = try slipway("link list --json").output
            let namespace = try OwnedDescriptor.open("/proc/thread-self/ns/net", O_RDONLY)
            #expect(sw_fresh_namespaces() == 1)
            for command in [
                "link add br0 type bridge", "link add eth0 mtu 1400 type veth peer name eth1",
                "link set eth0 master br0",
                "link set br0 up", "link set eth0 up", "address add 192.0.2.7/24 dev eth1",
            ] { try run("ip \(command)") }
            #expect(try slipway("record -o \(file)").isSuccess)
            let stored = try Self.stored("link list", in: file)
            let peers = try JSONText.decode(JSONValue.self, from: run("ip -j address").output).array ?? []
            let links = try JSONText.decode(JSONValue.self, from: stored).array ?? []
            #expect(links.count == 4)
            for key in ["ifindex", "ifname", "mtu", "address"] {
                #expect(links.map { $0[key] } == peers.map { $0[key] }, "\(key)")
            }
            let addresses = peers.map { ($0["addr_info"]?.array ?? []).map { $0["local"] } }
            #expect(links.map { ($0["addr_info"]?.array ?? []).map { $0["local"] } } == addresses)
            let replayed = try attempt(
                builtProduct(named: "slipway").string, ["link", "list", "--replay", file, "--json"],
                networkNamespace: namespace.rawValue)
            #expect(replayed.isSuccess && replayed.output == stored && stored != outside)
        }
    }

    @Test("a recording of a directory has no netlink: its link list is exit 1, and --root a wrong use")
    func withoutNetlink() throws {
        let directory = try TemporaryDirectory()
        try directory.write("proc/sys/kernel/osrelease", "6.1.0-test\n")
        let file = "\(directory.path)/node.slipway"
        let recorded = try slipway("record --json --root \(directory.path) -o \(file)")
        #expect(try recorded.document["planes"] == ["files", "disks"])
        #expect(
            try recorded.document["failed"]?.object?.keys.sorted() == [
                "address list", "link ethtool", "link list", "link vlan list", "link wireguard", "neighbor list",
                "platform metadata", "route list", "rule list",
            ])
        expectOneLine(
            try slipway("link list --replay \(file)"), exit: 1, file, "the recording has nothing of netlink", "; ")
        #expect(try slipway("platform facts --json --replay \(file)").isSuccess)
        expectOneLine(try slipway("link list --root \(directory.path)"), exit: 2, "--root", "; ")
        expectOneLine(
            try slipway("platform metadata --replay \(file)"), exit: 1, file, "the recording has nothing of metadata")
    }

    @Test("a recording that cannot be written is exit 1, and leaves nothing")
    func unwritable() throws {
        let directory = try TemporaryDirectory()
        try directory.write("file", "")
        for place in ["/nonesuch/x", "\(directory.path)/file/x", "\(directory.path)"] {
            expectOneLine(try slipway("record -o \(place)"), exit: 1, place, "; ")
        }
        #expect(try HostRoot.live.entries(of: directory.path) == ["file"])
    }

    private static func stored(_ verb: String, in file: String) throws -> [UInt8] {
        try run("tar -xOf \(file) answers/\(verb.replacing(" ", with: "-")).json").output
    }
}
