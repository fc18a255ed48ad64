import CTestSupport
import Glibc
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import SystemPackage
import TestSupport

/// Two network namespaces that begin alike: in the one, which is this process's, we work, in the other `ip` does.
struct TwinNamespaces: ~Copyable {
    var ours: OurHand
    private var theirs: RouteConnection
    private let other: OwnedDescriptor
    private let directory: TemporaryDirectory
    private let batch: NamespaceState.PeerBatch
    private(set) var state: NamespaceState

    private static let start = [
        "link set lo up", "link add br0 address 02:00:00:00:01:00 type bridge",
        "link add v0 address 02:00:00:00:02:00 type veth peer name p0 address 02:00:00:00:03:00",
        "link add v1 address 02:00:00:00:02:01 type veth peer name p1 address 02:00:00:00:03:01",
        "link set v0 addrgenmode none", "link set p0 addrgenmode none", "link set v0 up", "link set p0 up",
        "link set v1 up", "link set p1 up", "link set br0 up",
        "address add 10.0.0.2/24 dev v0", "address add 2001:db8::2/64 dev v0",
    ]
    /// What else would move by clocks: duplicate address detection and router solicitations.
    private static let settings = [
        "ipv6/conf/default/accept_dad=0", "ipv6/conf/all/accept_dad=0", "ipv6/conf/default/router_solicitations=0",
    ]

    private init(
        _ ours: consuming OurHand, _ theirs: consuming RouteConnection, _ other: consuming OwnedDescriptor,
        _ directory: consuming TemporaryDirectory, _ batch: NamespaceState.PeerBatch, _ state: NamespaceState
    ) {
        self.ours = ours
        self.theirs = theirs
        self.other = other
        self.directory = directory
        self.batch = batch
        self.state = state
    }

    /// In the child of an exit test: /run becomes its own, for the other namespace's name.
    static func opened() throws -> TwinNamespaces {
        try run("mount -t tmpfs none /run")
        try run("ip netns add other")
        let other = try OwnedDescriptor.open("/run/netns/other", O_RDONLY)
        guard let namespace = NetworkNamespace.named("other") else { throw TwinFailure(description: "no namespace") }
        let theirs = try RouteConnection.open(in: namespace)
        let directory = try TemporaryDirectory()
        let batch = try NamespaceState.PeerBatch(in: directory)
        for place in [-1, other.rawValue] {
            for setting in settings {
                let parts = setting.split(separator: "=")
                _ = try attempt(
                    "sh", ["-c", "echo \(parts[1]) > /proc/sys/net/\(parts[0])"], networkNamespace: place)
            }
            for line in start { try run("ip \(line)", networkNamespace: place) }
        }
        let state = try NamespaceState.ofPeer(in: -1, batch)
        return TwinNamespaces(try OurHand(), theirs, other, directory, batch, state)
    }

    /// Does it in both, by us and by `ip`.
    mutating func perform(_ operation: Operation) throws -> (ours: Outcome, peer: Outcome) {
        let peer = Outcome(ofPeer: try attempt(operation.command, networkNamespace: other.rawValue))
        // Nexthop objects are read by us, and made by ip.
        if operation.words[0] == "nexthop" { return (Outcome(ofPeer: try attempt(operation.command)), peer) }
        return (try ours.perform(operation), peer)
    }

    /// Does many in both, by one of our batches and by `ip` one after the other; all are of one object, verb and family, and ours takes
    /// their words. `ip -batch` is no judge: with a word that is none it ends, of neighbours with the first refusal, and ip 6.1 has a
    /// protocol or a scope by number from then on under the name that it looked up before (`proto dhcp`, `proto 77`, `proto dhcp` is 77).
    mutating func perform(batch operations: [Operation]) throws -> [(ours: Outcome, peer: Outcome)] {
        var peers: [Outcome] = []
        for operation in operations {
            peers.append(Outcome(ofPeer: try attempt(operation.command, networkNamespace: other.rawValue)))
        }
        return zip(try ours.perform(batch: operations), peers).map { ($0, $1) }
    }

    /// Every difference: of what `ip` says of the one namespace and of the other, and of what we say of each; when the kernel's
    /// deferred work is done.
    mutating func differences() throws -> [String] {
        var found = ["never looked"]
        for attempt in 0..<60 where !found.isEmpty {
            if attempt > 0 { usleep(50_000) }
            state = try NamespaceState.ofPeer(in: -1, batch)
            let peers = try NamespaceState.ofPeer(in: other.rawValue, batch)
            found = NamespaceState.differences(state, peers)
            found += NamespaceState.differences(ours: try NamespaceState.ofUs(&ours.connection), peer: state).map {
                "read where we made it: \($0)"
            }
            found += NamespaceState.differences(ours: try NamespaceState.ofUs(&theirs), peer: peers).map {
                "read where ip made it: \($0)"
            }
        }
        return found
    }
}

struct TwinFailure: Error, CustomStringConvertible {
    let description: String
}
