import AgentProtocol
import Documents
import Glibc
import ImageBuilder
import Kernel
import SystemPackage
import TestSupport
import Testing
import VirtualMachine

/// What the tests share: the image with the agent and the peers, and a limit of two machines at a time.
enum Lab {
    static let agentPort = "org.slipway.test-agent"
    static let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    static let cache = repository.appending(".cache")

    /// Why machines cannot be run here; nil where they can.
    static var obstacle: String? {
        if geteuid() != 0 { return "it needs root for a network namespace" }
        for kernel in MachineConfiguration.Kernel.allCases
        where (try? MachineParts.kernelTree(kernel, in: cache)) == nil {
            return "no \(kernel.rawValue) kernel: run 'make setup'"
        }
        return (try? parts()) == nil ? "QEMU or the metadata server is missing: run 'make setup' and 'make build'" : nil
    }

    /// A guest that is gone while it is written to is an error of the write, not the end of the tests.
    private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    static func parts() throws -> MachineParts {
        _ = ignoresBrokenPipes
        return try MachineParts(cache: cache, executables: executables())
    }

    private static func executables() throws -> FilePath {
        try builtProduct(named: "slipway").removingLastComponent()
    }

    /// Debian's own tools, to judge ours in the guest.
    private static let peers = [
        "/usr/sbin/ip", "/usr/bin/efibootmgr", "/usr/sbin/sgdisk", "/usr/sbin/blkid", "/usr/bin/kmod", "/usr/bin/mount",
        "/usr/bin/ss", "/usr/bin/cat", "/usr/sbin/bridge", "/usr/bin/wg", "/usr/sbin/ethtool", "/usr/sbin/wipefs",
        "/usr/sbin/sfdisk", "/usr/sbin/mkfs.ext4", "/usr/sbin/mkswap", "/usr/sbin/swapon", "/usr/sbin/swapoff",
        "/usr/sbin/dmsetup",
        "/usr/sbin/lvm", "/usr/sbin/mdadm", "/usr/bin/umount", "/usr/bin/unshare", "/usr/bin/sleep", "/usr/bin/dd",
        "/usr/bin/mkdir",
    ]

    /// What can hold a disk, and disks that fail when they are told to.
    private static let blockModules = ["scsi_debug", "dm-mod", "dm-flakey", "raid1"]

    /// The kinds of links, and what their options take, of Debian's generic kernel; the kernel asks for them by alias.
    private static let linkModules = [
        "dummy", "macvlan", "macvtap", "ipvlan", "ipvtap", "wireguard", "ip_gre", "ip6_gre", "ipip", "ip6_tunnel",
        "sit",
        "ip_vti", "ip6_vti", "geneve", "macsec", "tun", "gtp", "xfrm_interface", "vcan", "vxcan", "nlmon", "team",
        "fou",
        "fou6", "mpls_router", "mpls_iptunnel", "gcm", "ctr", "ghash_generic", "aes_generic", "cryptd", "ifb",
        "bonding", "bridge", "vxlan", "8021q",
        "vrf",
        "veth",
    ]

    private static let images = Monitor<[MachineConfiguration.Kernel: Result<FilePath, any Error>]>([:])

    /// The test image of a kernel, built once a run, at a low level: what is measured here is not its size.
    static func image(_ kernel: MachineConfiguration.Kernel) throws -> FilePath {
        try images.with { images -> Result<FilePath, any Error> in
            if let made = images[kernel] { return made }
            let result = Result { try build(kernel) }
            images[kernel] = result
            return result
        }.get()
    }

    private static func build(_ kernel: MachineConfiguration.Kernel) throws -> FilePath {
        let tree = try MachineParts.kernelTree(kernel, in: cache)
        var options = InitramfsOptions(initProgram: try builtProduct(named: "slipway"))
        options.level = 1
        options.modules = .init(
            tree: tree.modules,
            requests: try ModuleRequest.parse(
                list: (MachineConfiguration.modules(for: kernel)
                    + (kernel == .generic ? linkModules + blockModules : []))
                    .joined(separator: ",")))
        options.include =
            peers.map { .init(hostPath: FilePath($0), imagePath: FilePath($0)) } + [
                .init(hostPath: try builtProduct(named: "slipway-test-agent"), imagePath: "/sbin/slipway-test-agent"),
                // By another name: /sbin/modprobe is slipway.
                .init(hostPath: "/usr/bin/kmod", imagePath: "/usr/lib/peers/modprobe"),
            ]
        for folder in [cache, cache.appending("tests")] { unsafe _ = mkdir(folder.string, 0o755) }
        let path = cache.appending("tests/\(kernel.rawValue).img")
        _ = try InitramfsBuilder(options).build(to: path)
        return path
    }

    private static let machines = Monitor(2)

    /// Takes one of the two places for machines; two cores run no more.
    static func withPlace<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await WorkerThread.run { () -> Value in
            _ = machines.wait(until: Deadline(in: .seconds(1_800))) { (places: inout Int) -> Bool? in
                guard places > 0 else { return nil }
                places -= 1
                return true
            }
            defer { machines.with { $0 += 1 } }
            return try body()
        }
    }

    /// Boots, and gives the machine to `body` when the node is ready; takes it down whatever happens.
    @discardableResult
    static func boot<Value: Sendable>(
        _ configuration: MachineConfiguration, instance: SampleInstance? = nil, lastRun: FilePath? = nil,
        _ body: @escaping @Sendable (VirtualMachine, JSONValue) throws -> Value
    ) async throws -> Value {
        let image = try await WorkerThread.run { try Self.image(configuration.effectiveKernel) }
        return try await withPlace { () -> Value in
            let machine = try VirtualMachine(
                configuration, image: image, parts: try parts(), instance: instance, lastRun: lastRun)
            defer {
                machine.stop()
                _ = machine.wait()
            }
            guard let summary = machine.waitReady(until: Deadline(in: .seconds(400))) else {
                throw NotReady(outcome: machine.wait())
            }
            return try body(machine, summary)
        }
    }

    /// A configuration whose guest runs the agent.
    static func withAgent(_ change: (inout MachineConfiguration) throws -> Void = { _ in }) rethrows
        -> MachineConfiguration
    {
        var configuration = MachineConfiguration()
        configuration.ports = [agentPort]
        configuration.append = ["slipway.payload=/sbin/slipway-test-agent"]
        configuration.timeout = .seconds(300)
        try change(&configuration)
        return configuration
    }
}

/// A node that did not come up, with its last words.
struct NotReady: Error, CustomStringConvertible {
    let outcome: MachineOutcome
    var description: String { "\(outcome.words)\n\(outcome.state.console.suffix(40).joined(separator: "\n"))" }
}

extension Trait where Self == ConditionTrait {
    /// Machines can be run here.
    static var machines: Self { .enabled(if: Lab.obstacle == nil, Comment(rawValue: Lab.obstacle ?? "")) }
}

/// Runs commands in a guest.
struct Agent: ~Copyable {
    private var stream: AgentFrame.Stream

    init(_ machine: VirtualMachine) throws {
        guard let port = machine.port(0) else { throw OSError(operation: "port", errno: .badFileDescriptor) }
        stream = AgentFrame.Stream(port)
    }

    struct Answer: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    mutating func run(_ arguments: String...) throws -> Answer { try run(arguments) }

    mutating func run(_ arguments: [String]) throws -> Answer {
        var head = AgentFrame.JSONHead()
        head.operation = "run"
        head.arguments = arguments
        let answer = try ask(AgentFrame(head: head))
        let split = answer.head.outputLength ?? 0
        return Answer(
            status: answer.head.status ?? -1, output: String(decoding: answer.payload.prefix(split), as: UTF8.self),
            errors: String(decoding: answer.payload.dropFirst(split), as: UTF8.self))
    }

    mutating func put(_ bytes: [UInt8], to path: String) throws {
        var head = AgentFrame.JSONHead()
        head.operation = "put"
        head.path = path
        _ = try ask(AgentFrame(head: head, payload: bytes))
    }

    mutating func signal(_ pid: Int32, _ signal: Int32) throws {
        var head = AgentFrame.JSONHead()
        head.operation = "signal"
        head.arguments = ["\(pid)", "\(signal)"]
        // The answer may be cut off by what the signal does.
        try stream.write(AgentFrame(head: head))
    }

    /// What our library reads of the routes by MPLS label.
    mutating func mplsRoutes() throws -> [UInt8] {
        var head = AgentFrame.JSONHead()
        head.operation = "mpls"
        return try ask(AgentFrame(head: head)).payload
    }

    mutating func get(_ path: String) throws -> [UInt8] {
        var head = AgentFrame.JSONHead()
        head.operation = "get"
        head.path = path
        return try ask(AgentFrame(head: head)).payload
    }

    private mutating func ask(_ request: AgentFrame) throws -> AgentFrame {
        try stream.write(request)
        let answer = try stream.read(until: Deadline(in: .seconds(90))) { descriptor, deadline in
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // SAFETY: one entry, which lives through the call.
            return unsafe poll(&entry, 1, deadline.pollTimeout) > 0
        }
        guard let answer else { throw OSError(operation: "agent", errno: .timedOut) }
        if let failure = answer.head.failure { throw AgentFailure(description: failure) }
        return answer
    }
}

struct AgentFailure: Error, CustomStringConvertible {
    let description: String
}
