import AgentProtocol
import Documents
import Glibc
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import SystemPackage

/// Runs commands for a test inside the guest. It is in test images alone.
@main
struct TestAgent {
    static let portName = "org.slipway.test-agent"

    static func main() {
        while true {
            do { try serve() } catch { print("slipway-test-agent: \(error)") }
            sleep(1)
        }
    }

    private static func serve() throws {
        var stream = AgentFrame.Stream(try OwnedDescriptor.open(try port(), O_RDWR))
        while true {
            guard let request = try stream.read(until: Deadline(in: .seconds(3_600)), wait: waitReadable) else {
                continue
            }
            var answer: AgentFrame
            do { answer = try perform(request) } catch {
                answer = AgentFrame(head: .init())
                answer.head.failure = "\(error)"
            }
            try stream.write(answer)
        }
    }

    /// The port's device, found by its name in sysfs, for as long as it takes its driver to come.
    private static func port() throws -> FilePath {
        while true {
            for name in HostRoot.live.entriesIfPresent(of: "/sys/class/virtio-ports") {
                let place = FilePath("/sys/class/virtio-ports").appending(name)
                if HostRoot.live.textIfPresent(place.appending("name")) == portName {
                    return FilePath("/dev").appending(name)
                }
            }
            usleep(100_000)
        }
    }

    private static func perform(_ request: AgentFrame) throws -> AgentFrame {
        let path = FilePath(request.head.path ?? "")
        switch request.head.operation {
        case "put":
            let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: request.head.mode ?? 0o644)
            try file.writeAll(request.payload)
            return AgentFrame(head: .init())
        case "signal":
            let numbers = (request.head.arguments ?? []).compactMap { Int32($0) }
            guard numbers.count == 2, kill(numbers[0], numbers[1]) == 0 else {
                throw OSError(operation: "kill", errno: Errno(rawValue: errno))
            }
            return AgentFrame(head: .init())
        case "get":
            return AgentFrame(head: .init(), payload: try LiveFiles().contents(of: path, limit: 64 << 20))
        case "mpls":
            return AgentFrame(head: .init(), payload: Array(try mplsRoutes().utf8))
        default:
            return try run(request.head.arguments ?? [])
        }
    }

    /// What our library reads of the routes by MPLS label, which no verb lists.
    private static func mplsRoutes() throws -> String {
        let deadline = Deadline(in: .seconds(10))
        var connection = try RouteConnection.open()
        let links = try connection.links(until: deadline)
        let names = RouteNames(
            of: .live, links: Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }, nexthops: [])
        return try JSONText.encode(connection.mplsRoutes(until: deadline).map { $0.document(names) })
    }

    private static func run(_ arguments: [String]) throws -> AgentFrame {
        // To files, not pipes: nothing to pump while it runs, and a child of its own that stays holds up nobody.
        let names = ["/run/agent.out", "/run/agent.err"]
        var options = ChildProcess.Options()
        let output = try OwnedDescriptor.open(FilePath(names[0]), O_RDWR | O_CREAT | O_TRUNC, mode: 0o600)
        let errors = try OwnedDescriptor.open(FilePath(names[1]), O_RDWR | O_CREAT | O_TRUNC, mode: 0o600)
        options.descriptors = [-1, output.rawValue, errors.rawValue]
        options.environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]
        guard let program = arguments.first else { throw OSError(operation: "run", errno: .invalidArgument) }
        let child = try ChildProcess.spawn(try found(program), arguments, options)
        var status = try child.wait(until: Deadline(in: .seconds(60)))
        if status == nil {
            try child.send(signal: SIGKILL)
            status = try child.wait(until: Deadline(in: .seconds(5)))
        }
        let texts = try names.map { try LiveFiles().contents(of: FilePath($0), limit: 32 << 20) }
        var answer = AgentFrame(head: .init(), payload: texts[0] + texts[1])
        answer.head.outputLength = texts[0].count
        switch status {
        case .exited(let code): answer.head.status = code
        case .signaled(let signal): answer.head.status = 128 + signal
        case nil: answer.head.failure = "it does not end"
        }
        return answer
    }

    private static func found(_ program: String) throws -> FilePath {
        if program.contains("/") { return FilePath(program) }
        for folder in ["/usr/sbin", "/usr/bin", "/sbin", "/bin"] {
            let path = FilePath(folder).appending(program)
            if unsafe access(path.string, X_OK) == 0 { return path }
        }
        throw OSError(operation: "exec", errno: .noSuchFileOrDirectory, subject: program)
    }
}

private func waitReadable(_ descriptor: Int32, _ deadline: Deadline) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // SAFETY: one entry, which lives through the call.
    return unsafe poll(&entry, 1, deadline.pollTimeout) > 0
}
