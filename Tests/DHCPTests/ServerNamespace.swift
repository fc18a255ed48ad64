import CTestSupport
import DHCP
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

/// Debian's dnsmasq in a network namespace of its own, at the other end of a veth pair: `client0` is ours, `server0` its.
struct ServerNamespace: ~Copyable {
    let directory: TemporaryDirectory
    let namespace: OwnedDescriptor
    private var server: ChildProcess?

    static let clientAddress = "52:54:00:12:34:56"
    var mac: MACAddress { MACAddress(Self.clientAddress) ?? .broadcast }
    var index: Int32 { Int32(bitPattern: unsafe if_nametoindex("client0")) }

    /// In an exit test's child only: it has network and mount namespaces of its own.
    static func make() throws -> ServerNamespace {
        #expect(sw_fresh_namespaces() == 1)
        // `ip netns` keeps its names in /run, which this hides from the host.
        try run("mount -t tmpfs none /run")
        try run("ip netns add server")
        try run("ip link add client0 address \(clientAddress) type veth peer name server0 netns server")
        try run("ip link set client0 up")
        try run("ip -n server link set server0 up")
        try run("ip -n server link set lo up")
        try run("ip -n server address add 10.9.0.1/24 dev server0")
        return ServerNamespace(
            directory: try TemporaryDirectory(), namespace: try OwnedDescriptor.open("/run/netns/server", O_RDONLY))
    }

    private init(directory: consuming TemporaryDirectory, namespace: consuming OwnedDescriptor) {
        self.directory = directory
        self.namespace = namespace
    }

    /// Starts the server and waits until it says that it serves.
    mutating func serve(_ options: String) throws {
        let log = directory.path.appending("log")
        try directory.write("leases", "")
        try directory.write("log", "")
        var child = ChildProcess.Options()
        child.networkNamespace = namespace.rawValue
        child.descriptors = [-1, -1, -1]
        server = try spawn(
            "dnsmasq --keep-in-foreground --no-ping --port=0 --interface=server0 --bind-interfaces --no-daemon "
                + "--conf-file=/dev/null --user=root --pid-file= --log-dhcp --log-facility=\(log) --no-resolv "
                + "--dhcp-leasefile=\(directory.path)/leases --dhcp-authoritative \(options)", child)
        let deadline = Deadline(in: .seconds(10))
        while try !logText().contains("DHCP, IP range"), !deadline.hasPassed { usleep(5_000) }
        #expect(try logText().contains("DHCP, IP range"))
    }

    func logText() throws -> String {
        String(decoding: try LiveFiles().contents(of: directory.path.appending("log"), limit: 1 << 20), as: UTF8.self)
    }

    mutating func stop() throws {
        guard let server = server.take() else { return }
        try server.send(signal: SIGKILL)
        _ = try server.wait(until: Deadline(in: .seconds(5)))
    }
}
