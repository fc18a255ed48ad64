public import Fetch
public import Kernel
internal import SystemPackage

/// The address of a document as its owner wrote it, taken apart (RFC 3986).
public struct ServiceURL: Hashable, Sendable, CustomStringConvertible {
    public enum Scheme: String, Hashable, Sendable {
        case http, https
    }
    public let scheme: Scheme
    /// A name, or an address without brackets.
    public let host: String
    public let port: Int
    /// With the query; begins with a slash.
    public let path: String

    private static let limit = 2048

    /// Nil for what is no http or https URL, or has what nobody should write there: a user, a fragment, blanks.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.limit, !text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f }) else {
            return nil
        }
        let lowered = text.lowercased()
        guard let scheme = [Scheme.https, .http].first(where: { lowered.hasPrefix("\($0.rawValue)://") }) else {
            return nil
        }
        let rest = text.dropFirst(scheme.rawValue.count + 3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@"), !rest.contains("#") else { return nil }
        let tail = rest[end...]
        let name: Substring
        let number: Substring
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            name = authority[authority.index(after: authority.startIndex)..<close]
            number = authority[authority.index(after: close)...]
            guard IPv6Address(String(name)) != nil else { return nil }
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            name = authority[..<colon]
            number = authority[colon...]
        }
        guard !name.isEmpty, number.isEmpty || number.first == ":" else { return nil }
        if number.isEmpty {
            port = scheme == .http ? 80 : 443
        } else {
            guard let value = UInt16(number.dropFirst()), value > 0 else { return nil }
            port = Int(value)
        }
        self.scheme = scheme
        host = String(name)
        path = tail.first == "/" ? String(tail) : "/\(tail)"
    }

    public var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let isUsual = port == (scheme == .http ? 80 : 443)
        return "\(scheme.rawValue)://\(name)\(isUsual ? "" : ":\(port)")\(path)"
    }

    /// Where it is asked. The roots are those of `/etc/slipway/trust/tls.pem` alone, where that is, else the system's.
    ///
    /// Throws where the node's own roots are there and cannot be read: the system's instead would believe more than the owner does.
    public func endpoint(
        on host: HostRoot, for platform: PlatformName
    ) throws(PlatformError) -> HTTPEndpoint {
        let tls = scheme == .https ? try Self.roots(on: host, for: platform) : nil
        return IPAddress(self.host) == nil
            ? HTTPEndpoint(name: self.host, port: port, tls: tls)
            : HTTPEndpoint(address: self.host, port: port, tls: tls)
    }

    private static let ownRoots: FilePath = "/etc/slipway/trust/tls.pem"
    /// Debian's ca-certificates.
    private static let systemRoots: FilePath = "/etc/ssl/certs/ca-certificates.crt"
    private static let rootsLimit = 4 << 20

    private static func roots(on host: HostRoot, for platform: PlatformName) throws(PlatformError) -> TLSTrust {
        for path in [ownRoots, systemRoots] {
            func problem(_ words: String) -> PlatformError {
                PlatformError(
                    .untrusted("the roots of \(path): \(words)"), platform: platform,
                    hint: "correct that file, or take it away")
            }
            do throws(OSError) {
                // One byte more than may be tells a file that is too long.
                let bytes = try host.contents(of: path, limit: rootsLimit + 1)
                guard bytes.count <= rootsLimit else {
                    throw OSError(operation: "longer than the limit of \(rootsLimit) bytes", errno: .fileTooLarge)
                }
                return TLSTrust(roots: bytes, from: path.string)
            } catch {
                if error.errno == .noSuchFileOrDirectory { continue }
                throw problem(error.errno == .fileTooLarge ? error.operation : error.reason)
            }
        }
        // Without any nobody is believed, and that is said when it is asked.
        return TLSTrust(roots: [], from: "\(ownRoots), \(systemRoots)")
    }
}
