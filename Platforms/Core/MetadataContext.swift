public import Fetch
internal import Glibc
public import Kernel

/// What a machine has to ask its platform with. Everything outside comes through here, so that a recording can stand for it.
public struct MetadataContext: Sendable {
    public var http: any HTTPTransport
    /// The machine's files: SMBIOS, fw_cfg, the command line.
    public var host: HostRoot
    /// Its volumes with a label.
    public var volumes: any VolumeFinder
    /// The hypervisor's key-value store.
    public var guestInfo: any GuestInfo
    /// When the whole fetch ends.
    public var deadline: Deadline
    /// How long a volume that is not there is waited for: while a machine starts, its drives come one by one.
    public var settling = Duration.zero
    /// Stand for the platform's own addresses (`--endpoint`): nothing is remembered of them.
    public var endpoints: [HTTPEndpoint]?
    /// The links to leave by, raced; empty for the routing table's choice.
    public var links: [String] = []
    /// Who gave this machine its leases (DHCP's option 54), for a platform whose service is at the network's own router. What they are
    /// is the caller's to say: fetching asks for no lease.
    public var dhcpServers: [IPAddress] = []
    /// What was learned before; nil for nothing.
    public var memory: (any EndpointMemory)?
    /// Whether a recording answers, in which tokens and payloads are not what they were.
    public var isReplay = false
    /// Seconds since 1970, for the dates in certificates.
    public var now: Int64

    public init(
        http: any HTTPTransport, host: HostRoot, deadline: Deadline, now: Int64,
        volumes: any VolumeFinder = NoVolumes(), guestInfo: any GuestInfo = NoGuestInfo()
    ) {
        self.http = http
        self.host = host
        self.deadline = deadline
        self.now = now
        self.volumes = volumes
        self.guestInfo = guestInfo
    }

    /// This machine's: `host` is the live one.
    public static func live(_ host: HostRoot, deadline: Deadline) -> MetadataContext {
        var time = timespec()
        // CLOCK_REALTIME cannot fail on Linux.
        unsafe _ = clock_gettime(CLOCK_REALTIME, &time)
        var context = MetadataContext(
            http: LiveHTTP(), host: host, deadline: deadline, now: Int64(time.tv_sec), volumes: LiveVolumes(host),
            guestInfo: LiveGuestInfo())
        context.memory = EndpointCache(host)
        return context
    }

    /// Where requests may go: each address by each link.
    func candidates(_ policy: FetchPolicy) -> [HTTPEndpoint] {
        let addresses = endpoints ?? policy.endpoints
        if links.isEmpty { return addresses }
        return links.flatMap { link in
            addresses.map { HTTPEndpoint(address: $0.address, port: $0.port, interface: link) }
        }
    }
}

/// Finds volumes by their file systems' labels, for platforms that attach a drive.
public protocol VolumeFinder: Sendable {
    /// The volumes whose label ``isOne(_:of:)`` of `labels`, in the devices' order.
    func volumes(labeled labels: [String]) throws(PlatformError) -> [any ConfigurationVolume]
}

extension VolumeFinder {
    /// Whether a label is one of `labels`. ASCII letters of either case are the same; one that ends in `*` stands for all that begin so.
    public static func isOne(_ label: String, of labels: [String]) -> Bool {
        let label = label.lowercased()
        return labels.contains { pattern in
            let pattern = pattern.lowercased()
            return pattern.hasSuffix("*") ? label.hasPrefix(pattern.dropLast()) : label == pattern
        }
    }
}

/// A small tree of files that a platform attached.
public protocol ConfigurationVolume: Sendable {
    /// The device or image, for errors: `/dev/sr0`.
    var name: String { get }
    var label: String { get }

    /// A file's bytes; nil where there is none. A longer one than `limit` bytes is an error. `path` has no slash in front.
    func contents(of path: String, limit: Int) throws(PlatformError) -> [UInt8]?
    /// The names in a directory, "" for the top; nil where there is none.
    func entries(of path: String) throws(PlatformError) -> [String]?
}

/// The key-value store that a hypervisor keeps for its guest.
public protocol GuestInfo: Sendable {
    /// The value of `key` (`guestinfo.metadata`); nil where it is not set.
    func value(of key: String, deadline: Deadline) async throws(PlatformError) -> [UInt8]?
    func set(_ key: String, to value: [UInt8], deadline: Deadline) async throws(PlatformError)
    /// Gives back what the host keeps for us. To be called when all is asked: a process that ends by exit(3) gives nothing back, and VMware
    /// has eight channels for a machine. Another request takes one again. The default does nothing.
    func close()
}

extension GuestInfo {
    public func close() {}
}

/// A machine without volumes.
public struct NoVolumes: VolumeFinder {
    public init() {}
    public func volumes(labeled labels: [String]) throws(PlatformError) -> [any ConfigurationVolume] { [] }
}

/// A machine whose hypervisor keeps nothing for it.
public struct NoGuestInfo: GuestInfo {
    public init() {}
    public func value(of key: String, deadline: Deadline) async throws(PlatformError) -> [UInt8]? { nil }
    public func set(_ key: String, to value: [UInt8], deadline: Deadline) async throws(PlatformError) {
        throw PlatformError(.noMetadata, hint: "there is no guest RPC here")
    }
}
