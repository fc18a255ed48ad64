public import Kernel

// Foreign values, taken strictly: one of the wrong shape is as good as absent.
extension DHCPv4Options {
    /// One address.
    public func address(_ code: Code) -> IPv4Address? { self[code].flatMap { IPv4Address(bytes: $0) } }

    /// A list of addresses, those that no host can have left out.
    public func addresses(_ code: Code) -> [IPv4Address] {
        guard let bytes = self[code], bytes.count.isMultiple(of: 4) else { return [] }
        return stride(from: 0, to: bytes.count, by: 4)
            .compactMap { IPv4Address(bytes: bytes[$0..<$0 + 4]) }
            .filter { $0.isUsableByHost || $0.isLoopback && code == .nameServer }
    }

    /// A number of 16 bits.
    public func word(_ code: Code) -> UInt16? {
        self[code].flatMap { $0.count == 2 ? UInt16($0[0]) << 8 | UInt16($0[1]) : nil }
    }

    /// A time in seconds, 32 bits.
    public func seconds(_ code: Code) -> UInt32? { address(code)?.rawValue }

    /// A host or domain name; nil for one that could not be written to a file of names as it is. A final dot is dropped.
    public func name(_ code: Code) -> String? {
        guard let bytes = self[code] else { return nil }
        // Some servers count the C string's NUL.
        let text = bytes.prefix { $0 != 0 }
        return DomainName.isClean(text)
            ? String(decoding: text.last == UInt8(ascii: ".") ? text.dropLast() : text, as: UTF8.self) : nil
    }

    /// Text for people: control characters and all that is no ASCII become `?`, at most 255 of them.
    public func words(_ code: Code) -> String? {
        self[code].map {
            String(decoding: $0.prefix(255).map { $0 >= 0x20 && $0 < 0x7f ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        }
    }

    /// Option 119, decompressed (RFC 3397): empty where any of it is malformed.
    public var searchDomains: [String] { self[.domainSearch].flatMap { DomainName.list($0) } ?? [] }

    /// Option 121, or 249 (RFC 3442): nil where there is none that is well formed. A gateway of 0.0.0.0 is on the link: nil.
    public var classlessRoutes: [Lease.Route]? {
        for code in [Code.classlessRoutes, .microsoftClasslessRoutes] {
            if let bytes = self[code], let routes = Self.classlessRoutes(bytes) { return routes }
        }
        return nil
    }

    private static func classlessRoutes(_ bytes: [UInt8]) -> [Lease.Route]? {
        var routes: [Lease.Route] = []
        var rest = bytes[...]
        while let width = rest.popFirst() {
            let octets = (Int(width) + 7) / 8
            guard width <= 32, rest.count >= octets + 4,
                let destination = IPv4Address(bytes: rest.prefix(octets) + [UInt8](repeating: 0, count: 4 - octets)),
                let gateway = IPv4Address(bytes: rest.dropFirst(octets).prefix(4)),
                let prefix = IPPrefix(.v4(destination), length: Int(width))
            else { return nil }
            rest = rest.dropFirst(octets + 4)
            routes.append(Lease.Route(destination: prefix.network, gateway: gateway == .any ? nil : gateway))
        }
        return routes.isEmpty ? nil : routes
    }

    /// Option 33 (RFC 2132, section 5.8): pairs of a destination, of the old classes, and a router.
    public var classfulRoutes: [Lease.Route] {
        guard let bytes = self[.staticRoute], bytes.count.isMultiple(of: 8) else { return [] }
        return stride(from: 0, to: bytes.count, by: 8).compactMap {
            guard let target = IPv4Address(bytes: bytes[$0..<$0 + 4]), target.isUsableByHost,
                let gateway = IPv4Address(bytes: bytes[$0 + 4..<$0 + 8]), gateway.isUsableByHost
            else { return nil }
            let network = IPPrefix(.v4(target), length: target.classfulLength)
            // A host's address in the old scheme is a route to the host.
            return network.map {
                Lease.Route(destination: $0.network == $0 ? $0 : IPPrefix(host: .v4(target)), gateway: gateway)
            }
        }
    }
}

extension IPv4Address {
    /// The prefix length of its class (RFC 791): what a server means that sends no mask.
    var classfulLength: Int { rawValue >> 31 == 0 ? 8 : rawValue >> 30 == 2 ? 16 : 24 }
}
