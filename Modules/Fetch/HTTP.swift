public import Kernel
public import SystemPackage

/// Where a request goes. A metadata service is a literal address, so that no resolver and no proxy is in the way; a name is one by its
/// own initializer alone.
public struct HTTPEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// IPv4 or IPv6 in text form, without brackets; with ``isName`` a host's name.
    public var address: String
    public var port: Int
    /// The link to leave by (SO_BINDTODEVICE); nil for the routing table's choice.
    public var interface: String?
    /// By whom the peer has to be vouched for; nil for plain TCP.
    public var tls: TLSTrust?
    /// Whether ``address`` is to be resolved.
    public let isName: Bool

    public init(address: String, port: Int? = nil, interface: String? = nil, tls: TLSTrust? = nil) {
        self.address = address
        self.port = port ?? (tls == nil ? 80 : 443)
        self.interface = interface
        self.tls = tls
        isName = false
    }

    /// A host by its name, which the system's resolver is asked for (getaddrinfo(3)).
    public init(name: String, port: Int? = nil, tls: TLSTrust? = nil) {
        address = name
        self.port = port ?? (tls == nil ? 80 : 443)
        self.tls = tls
        isName = true
    }

    /// `http://169.254.169.254`, `http://[fd00:ec2::254]:8080`, `https://example.org`.
    public var description: String {
        let host = address.contains(":") ? "[\(address)]" : address
        let scheme = tls == nil ? "http" : "https"
        return port == (tls == nil ? 80 : 443) ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }
}

/// One field of a message's head.
public struct HTTPHeader: Hashable, Sendable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A request as metadata services take it.
public struct HTTPRequest: Hashable, Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case put = "PUT"
        case post = "POST"
    }
    public var method: Method
    public var endpoint: HTTPEndpoint
    /// Path and query, beginning with `/`.
    public var path: String
    public var headers: [HTTPHeader]
    public var body: [UInt8]
    /// A longer answer is an error, not a truncation. In bytes.
    public var bodyLimit: Int
    /// The connection leaves by a free port of these; nil for the kernel's choice. Those below 1024 want CAP_NET_BIND_SERVICE, which
    /// is what a service that asks for one wants to see.
    public var sourcePorts: ClosedRange<Int>?

    public init(
        _ method: Method = .get, _ endpoint: HTTPEndpoint, _ path: String, headers: [HTTPHeader] = [],
        body: [UInt8] = [], bodyLimit: Int = 4 << 20, sourcePorts: ClosedRange<Int>? = nil
    ) {
        self.method = method
        self.endpoint = endpoint
        self.path = path
        self.headers = headers
        self.body = body
        self.bodyLimit = bodyLimit
        self.sourcePorts = sourcePorts
    }

    /// The ports that rresvport(3) takes.
    public static let privilegedPorts = 512...1023

    public var url: String { "\(endpoint)\(path)" }
}

/// A whole answer. A status that means failure is an answer too: its meaning is the caller's table.
public struct HTTPResponse: Hashable, Sendable {
    public var status: Int
    public var headers: [HTTPHeader]
    public var body: [UInt8]

    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first field of that name, whatever its case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why there is no answer.
public struct FetchError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The deadline struck.
        case timedOut
        /// connect(2) or a socket option failed.
        case cannotConnect(Errno)
        /// None of the source ports could be had: EACCES without CAP_NET_BIND_SERVICE, EADDRINUSE where those that were tried are taken.
        case cannotBind(Errno)
        /// The name has no address; the resolver's words.
        case cannotResolve(String)
        /// Nobody who is believed vouches for the peer, or for another name; what is wrong.
        case untrusted(String)
        /// There is no TLS with the peer; the library's words.
        case noTLS(String)
        /// The connection ended before the answer was whole.
        case connectionLost
        /// What came is not HTTP/1.
        case malformed
        /// The answer passes the limit, in bytes.
        case tooLarge(limit: Int)
        /// Nothing was sent: the address is no literal, a port is none, or the path or a field cannot stand in an HTTP head.
        case invalidRequest
    }
    public let kind: Kind
    public let url: String

    public init(_ kind: Kind, url: String) {
        self.kind = kind
        self.url = url
    }

    public var description: String { "\(url): \(reason)" }

    /// What went wrong, without where.
    public var reason: String {
        switch kind {
        case .timedOut: "timed out"
        case .cannotConnect(let errno): errno.description
        case .cannotBind(let errno): "no source port: \(errno.description)"
        case .cannotResolve(let words): "the name is not resolved: \(words)"
        case .untrusted(let words): words
        case .noTLS(let words): "no TLS: \(words)"
        case .connectionLost: "the connection was closed before the answer was whole"
        case .malformed: "the answer is not HTTP"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .invalidRequest: "the request has an address, a path or a field that cannot be sent"
        }
    }
}

/// What carries requests: the network, or a recording of it.
public protocol HTTPTransport: Sendable {
    /// One request, one answer, no redirect followed, by `deadline`.
    func send(_ request: HTTPRequest, deadline: Deadline) async throws(FetchError) -> HTTPResponse
}
