import Fetch
import Kernel
import Synchronization

/// A service out of a dictionary: exchanges by method and path, faults in the order they are to come.
final class ReplayTransport: HTTPTransport {
    enum Reply: Sendable {
        case status(Int, String = "")
        case fault(FetchError.Kind)
    }
    struct State {
        var bodies: [String: String]
        /// Taken before the bodies, one a request; the last one stays where `isLasting`.
        var faults: [String: [Reply]] = [:]
        var lasting: [String: Reply] = [:]
        var seen: [HTTPRequest] = []
        var running = 0
        var mostRunning = 0
        var validTokens: Set<String> = []
        var tokens = 0
    }
    private let state: Mutex<State>
    /// How many requests each round has; a round's replies come when all of its requests are there. Empty for at once.
    private let rounds: [Int]

    init(_ bodies: [String: String], rounds: [Int] = []) {
        state = Mutex(State(bodies: bodies))
        self.rounds = rounds
    }

    var seen: [HTTPRequest] { state.withLock { $0.seen } }
    var mostRunning: Int { state.withLock { $0.mostRunning } }
    func set(_ path: String, _ body: String?) { state.withLock { $0.bodies[path] = body } }
    func fail(_ path: String, _ replies: Reply...) { state.withLock { $0.faults[path] = replies } }
    func failAlways(_ path: String, _ reply: Reply) { state.withLock { $0.lasting[path] = reply } }
    func revokeTokens() { state.withLock { $0.validTokens = [] } }

    func send(_ request: HTTPRequest, deadline: Deadline) async throws(FetchError) -> HTTPResponse {
        let number = state.withLock {
            $0.seen.append(request)
            $0.running += 1
            $0.mostRunning = max($0.mostRunning, $0.running)
            return $0.seen.count
        }
        var whole = 0
        for size in rounds where whole < number { whole += size }
        let limit = Deadline(in: .seconds(20))
        while seen.count < whole {
            guard !limit.hasPassed else { throw FetchError(.timedOut, url: request.url) }
            try? await Task.sleep(for: .milliseconds(2))
        }
        let reply: Reply = state.withLock { state in
            state.running -= 1
            if let first = state.faults[request.path]?.first {
                state.faults[request.path]?.removeFirst()
                return first
            }
            if let lasting = state.lasting[request.path] { return lasting }
            if request.path == "/latest/api/token" {
                let lifetime = request.headers.first { $0.name == "X-aws-ec2-metadata-token-ttl-seconds" }
                guard request.method == .put, let seconds = lifetime.flatMap({ Int($0.value) }),
                    (1...21_600).contains(seconds)
                else { return .status(400) }
                state.tokens += 1
                state.validTokens.insert("TOKEN-\(state.tokens)==")
                return .status(200, "TOKEN-\(state.tokens)==")
            }
            let token = request.headers.first { $0.name == "X-aws-ec2-metadata-token" }?.value ?? ""
            guard request.method == .get, state.validTokens.contains(token) else { return .status(401) }
            return state.bodies[request.path].map { .status(200, $0) } ?? .status(404)
        }
        switch reply {
        case .status(let status, let body): return HTTPResponse(status: status, body: Array(body.utf8))
        case .fault(let kind): throw FetchError(kind, url: request.url)
        }
    }
}

/// An instance with two links, laid out as the EC2 User Guide's "Instance metadata categories" has it.
enum Instance {
    static let first = "/latest/meta-data/network/interfaces/macs/02:29:96:8f:6a:2d/"
    static let second = "/latest/meta-data/network/interfaces/macs/02:29:96:8f:6a:2e/"

    static let exchanges: [String: String] = {
        var all = [
            "instance-id": "i-1234567890abcdef0", "instance-type": "m5.large", "ami-id": "ami-0abcdef1234567890",
            "instance-life-cycle": "on-demand", "hostname": "ip-10-0-1-10.eu-west-1.compute.internal",
            "local-hostname": "ip-10-0-1-10.eu-west-1.compute.internal", "public-ipv4": "203.0.113.25",
            "placement/region": "eu-west-1", "placement/availability-zone": "eu-west-1a",
            "placement/availability-zone-id": "euw1-az3", "public-keys/": "0=my-key\n1=other",
            "public-keys/0/openssh-key": "ssh-ed25519 AAAA my-key\n",
            "public-keys/1/openssh-key": "ssh-rsa BBBB other\n",
            "tags/instance": "Name\nrole=a", "tags/instance/Name": "node-1", "tags/instance/role=a": "db",
            "network/interfaces/macs/": "02:29:96:8f:6a:2e/\n02:29:96:8f:6a:2d/",
        ].reduce(into: [String: String]()) { $0["/latest/meta-data/\($1.key)"] = $1.value }
        all["/latest/dynamic/instance-identity/document"] = #"{"accountId":"123456789012","region":"eu-west-1"}"#
        all["/latest/user-data"] = "#cloud-config\n"
        for (key, value) in [
            "device-number": "0", "network-card": "0", "local-ipv4s": "10.0.1.10\n10.0.1.11", "ipv6s": "2001:db8:1::10",
            "subnet-ipv4-cidr-block": "10.0.1.0/24", "subnet-ipv6-cidr-blocks": "2001:db8:1::/64",
            "public-ipv4s": "203.0.113.25", "vpc-ipv4-cidr-block": "10.0.0.0/16", "ipv4-prefix": "10.0.1.64/28",
        ] { all[first + key] = value }
        for (key, value) in [
            "device-number": "1", "local-ipv4s": "10.0.2.20", "subnet-ipv4-cidr-block": "10.0.2.0/23",
        ] { all[second + key] = value }
        return all
    }()
}
