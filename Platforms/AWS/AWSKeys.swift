internal import Fetch
internal import Platform

/// One key of the instance metadata service, below `/latest/`: the EC2 User Guide's "Instance metadata categories".
struct AWSKey: Hashable, Sendable {
    /// What a right answer looks like.
    enum Form: Hashable, Sendable {
        /// `i-` and hexadecimal digits.
        case instanceID
        /// One word of printable ASCII.
        case word
        /// One line.
        case line
        /// One to many lines, one entry each.
        case list
        case number
        case json
        /// Anything; text in the raw keys.
        case text
        /// Anything at all.
        case bytes
    }
    let path: String
    let form: Form
    /// Waited for until the deadline.
    let isRequired: Bool

    init(_ path: String, _ form: Form, required: Bool = false) {
        self.path = path
        self.form = form
        isRequired = required
    }
}

extension AWSKey {
    static let macs = AWSKey("meta-data/network/interfaces/macs/", .list, required: true)
    static let tags = AWSKey("meta-data/tags/instance", .list)
    static let publicKeys = AWSKey("meta-data/public-keys/", .list)
    static let userData = AWSKey("user-data", .bytes)

    /// All that needs nothing but the token. Security credentials are not among them, and nothing is crawled.
    static let instance: [AWSKey] = [
        AWSKey("meta-data/instance-id", .instanceID, required: true),
        AWSKey("meta-data/instance-type", .word, required: true),
        AWSKey("meta-data/placement/region", .word, required: true),
        macs, tags, publicKeys, userData,
        AWSKey("meta-data/instance-life-cycle", .word),
        AWSKey("meta-data/ami-id", .word),
        AWSKey("meta-data/hostname", .line),
        AWSKey("meta-data/local-hostname", .line),
        AWSKey("meta-data/public-ipv4", .word),
        AWSKey("meta-data/placement/availability-zone", .word),
        AWSKey("meta-data/placement/availability-zone-id", .word),
        AWSKey("meta-data/spot/instance-action", .json),
        AWSKey("meta-data/spot/termination-time", .line),
        AWSKey("meta-data/events/recommendations/rebalance", .json),
        AWSKey("meta-data/autoscaling/target-lifecycle-state", .line),
        AWSKey("dynamic/instance-identity/document", .text),
        AWSKey("dynamic/instance-identity/pkcs7", .text),
        AWSKey("dynamic/instance-identity/rsa2048", .text),
        AWSKey("dynamic/instance-identity/signature", .text),
    ]

    /// Below `meta-data/network/interfaces/macs/<mac>/`.
    static let interface: [AWSKey] = [
        AWSKey("device-number", .number, required: true),
        AWSKey("network-card", .number),
        AWSKey("interface-id", .word),
        AWSKey("local-ipv4s", .list),
        AWSKey("public-ipv4s", .list),
        AWSKey("ipv6s", .list),
        AWSKey("subnet-id", .word),
        AWSKey("subnet-ipv4-cidr-block", .word),
        AWSKey("subnet-ipv6-cidr-blocks", .list),
        AWSKey("vpc-id", .word),
        AWSKey("vpc-ipv4-cidr-block", .word),
        AWSKey("vpc-ipv4-cidr-blocks", .list),
        AWSKey("vpc-ipv6-cidr-blocks", .list),
        AWSKey("ipv4-prefix", .list),
        AWSKey("ipv6-prefix", .list),
    ]

    /// The key of one interface.
    func below(mac: String) -> AWSKey {
        AWSKey("\(Self.macs.path)\(mac)/\(path)", form, required: isRequired)
    }

    /// What is wrong with an answer; nil for nothing.
    func problem(with body: [UInt8]) -> String? {
        if form == .bytes { return nil }
        guard let text = String(validating: body, as: UTF8.self) else { return "not text" }
        let lines = text.split(whereSeparator: \.isNewline)
        let isLine = lines.count == 1 && text.utf8.count <= 1024 && lines.allSatisfy { !$0.utf8.contains { $0 < 0x20 } }
        let isWord = isLine && lines.allSatisfy { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x3c } }
        let isRight =
            switch form {
            case .instanceID:
                isWord && text.hasPrefix("i-")
                    && lines.allSatisfy { $0.dropFirst(2).allSatisfy(\.isHexDigit) && $0.count > 2 }
            case .word: isWord
            case .line: isLine
            case .number: isWord && lines.allSatisfy { UInt32($0) != nil }
            case .list:
                lines.count <= 1024
                    && lines.allSatisfy { $0.utf8.count <= 1024 && !$0.utf8.contains { $0 < 0x20 || $0 == 0x3c } }
            case .json: AWSAnswers.json(body) != nil
            case .text, .bytes: true
            }
        return isRight ? nil : "this is no \(form)"
    }
}

extension FetchPolicy {
    /// How the service is asked and what its statuses mean: the EC2 User Guide's "Use IMDSv2", "HTTP response codes". IPv4 first: IPv6's
    /// address answers only where the instance has it turned on.
    static let aws = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "169.254.169.254"), HTTPEndpoint(address: "fd00:ec2::254")],
        token: Token(
            .put, "/latest/api/token", headers: [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "21600")],
            shownIn: "X-aws-ec2-metadata-token", lifetime: 21_600,
            statuses: [
                400: .terminal("the request for a token is malformed, or something else answers at this address"),
                401: .terminal("this service wants a token in order to give one: it is none of EC2's"),
                403: off,
                404: .terminal("there is no IMDSv2 at this address, and version 1 is not used"),
            ],
            hint: "check the link and the route to 169.254.169.254; behind a bridge or in a container the hop limit of "
                + "IMDSv2 is too low: modify-instance-metadata-options --http-put-response-hop-limit 2"),
        statuses: [400: .terminal("the request is malformed"), 401: .tokenExpired, 403: off, 404: .absent],
        hint: "the service is overloaded or unreachable: try again with a longer deadline")

    private static let off = StatusMeaning.terminal(
        "the metadata service is off: modify-instance-metadata-options --http-endpoint enabled")
}
