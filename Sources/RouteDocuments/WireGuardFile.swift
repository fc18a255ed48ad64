package import Kernel
package import RouteNetlink

/// The configuration file of wg(8), as `wg setconf` and `wg syncconf` take it and `wg showconf` prints it.
///
/// White space counts nowhere, nor does the case of a key; `#` begins a comment. Errors have the line, and never a key.
package struct WireGuardFile {
    /// The address of a host that an endpoint names; throws where it has none, or where that cannot be found out.
    package typealias Resolver = (_ host: String, _ line: Int) throws -> IPAddress

    private enum Section {
        case interface
        case peer
    }

    private let links: LinkDirectory
    private let resolve: Resolver
    private var device = WireGuardDevice()
    private var section: Section?
    private var peer: Peer?
    /// The line of each peer's section.
    private var seen: [WireGuardPublicKey: Int] = [:]

    private struct Peer {
        let line: Int
        var publicKey: WireGuardPublicKey?
        var presharedKey: WireGuardSecretKey?
        var endpoint: WireGuardEndpoint?
        var keepaliveSeconds: UInt16?
        var allowedAddresses: [IPPrefix] = []
    }

    /// What a device is to be: no listen port and no endpoint leave the choice to the kernel, or to what is there.
    ///
    /// - Parameters:
    ///   - links: for the zones of link-local endpoints.
    package static func parse(
        _ bytes: [UInt8], links: LinkDirectory, resolve: Resolver
    ) throws -> WireGuardDevice {
        try withoutActuallyEscaping(resolve) { resolve in
            var file = WireGuardFile(links: links, resolve: resolve)
            for (place, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
                try file.read(line, place + 1)
            }
            try file.endPeer()
            return file.device
        }
    }

    private init(links: LinkDirectory, resolve: @escaping Resolver) {
        self.links = links
        self.resolve = resolve
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, _ line: Int) throws {
        let bare = bytes.prefix { $0 != UInt8(ascii: "#") }.filter { $0 != 0x20 && !(0x09...0x0d).contains($0) }
        if bare.isEmpty { return }
        let text = String(decoding: bare, as: UTF8.self)
        switch text.lowercased() {
        case "[interface]":
            try endPeer()
            section = .interface
            return
        case "[peer]":
            try endPeer()
            section = .peer
            peer = Peer(line: line)
            return
        default: break
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let key = parts.first, parts.count == 2, key.utf8.count <= 24, key.allSatisfy(\.isLetter) else {
            // It may be a key that lost its name: it is not repeated.
            throw WordError(.malformed("…", form: "[Interface], [Peer] or KEY = VALUE"), "a line", line: line)
        }
        if !key.lowercased().hasSuffix("key"), WireGuardSecretKey(base64: parts[1]) != nil {
            throw WordError(.malformed("…", form: "anything but a key"), key, line: line)
        }
        do throws(WordError) {
            switch section {
            case .interface: try setInterface(key, parts[1])
            case .peer where key.lowercased() == "endpoint": break
            case .peer: try setPeer(key, parts[1])
            case nil: throw WordError(.missing("a section before it: [Interface] or [Peer]"), key)
            }
        } catch {
            throw WordError(error.kind, error.word, line: line)
        }
        if section == .peer, key.lowercased() == "endpoint" {
            let endpoint = try endpoint(parts[1], line)
            peer?.endpoint = endpoint
        }
    }

    private mutating func setInterface(_ key: String, _ value: String) throws(WordError) {
        switch key.lowercased() {
        case "privatekey": device.privateKey = try Self.secret(key, value)
        case "listenport":
            device.listenPort = UInt16(try Self.number(key, value, 0...65_535))
        case "fwmark":
            let mark = value.lowercased() == "off" ? 0 : try Self.number(key, value, 0...Int64(UInt32.max))
            device.firewallMark = mark == 0 ? nil : UInt32(mark)
        default: throw WordError.unknownWord(key, of: "[Interface]", among: ["PrivateKey", "ListenPort", "FwMark"])
        }
    }

    private mutating func setPeer(_ key: String, _ value: String) throws(WordError) {
        switch key.lowercased() {
        case "publickey":
            guard let known = WireGuardPublicKey(base64: value) else { throw Self.noKey(key) }
            peer?.publicKey = known
        case "presharedkey": peer?.presharedKey = try Self.secret(key, value)
        case "persistentkeepalive":
            let seconds = value.lowercased() == "off" ? 0 : try Self.number(key, value, 0...65_535)
            peer?.keepaliveSeconds = seconds == 0 ? nil : UInt16(seconds)
        case "allowedips":
            if value.isEmpty { return }
            for word in value.split(separator: ",", omittingEmptySubsequences: false) {
                peer?.allowedAddresses.append(try Self.prefix(key, String(word)))
            }
        default:
            throw WordError.unknownWord(
                key, of: "[Peer]",
                among: ["PublicKey", "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive"])
        }
    }

    private mutating func endPeer() throws(WordError) {
        guard let peer else { return }
        self.peer = nil
        guard let key = peer.publicKey else { throw WordError(.missing("a PublicKey"), "[Peer]", line: peer.line) }
        if let line = seen[key] {
            throw WordError(
                .excludes("the [Peer] of line \(line), which has this PublicKey too"), "[Peer]", line: peer.line)
        }
        seen[key] = peer.line
        var whole = WireGuardPeer(key)
        whole.presharedKey = peer.presharedKey
        whole.endpoint = peer.endpoint
        whole.keepaliveSeconds = peer.keepaliveSeconds
        whole.allowedAddresses = peer.allowedAddresses
        device.peers.append(whole)
    }

    // MARK: Values

    private static func noKey(_ key: String) -> WordError {
        // A key that is nearly right is one as well.
        WordError(.malformed("…", form: "a key of 32 bytes, as 44 characters of base64"), key)
    }

    private static func secret(_ key: String, _ value: String) throws(WordError) -> WireGuardSecretKey? {
        guard let secret = WireGuardSecretKey(base64: value) else { throw noKey(key) }
        return secret.isNone ? nil : secret
    }

    /// Decimal, and hexadecimal behind `0x`.
    private static func number(_ key: String, _ value: String, _ range: ClosedRange<Int64>) throws(WordError) -> Int64 {
        let isHexadecimal = value.hasPrefix("0x") && range.upperBound > 65_535
        let digits = isHexadecimal ? value.dropFirst(2) : value[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }),
            digits.allSatisfy({ $0.isASCII && $0.isHexDigit && (isHexadecimal || $0.isNumber) })
        else { throw WordError(.notNumber(value), key) }
        guard let number = Int64(digits, radix: isHexadecimal ? 16 : 10), range.contains(number) else {
            throw WordError(.outOfRange(value, range), key)
        }
        return number
    }

    /// An address with the length of its prefix, or alone; bits past the prefix do not count.
    private static func prefix(_ key: String, _ word: String) throws(WordError) -> IPPrefix {
        let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let form = "addresses with the lengths of their prefixes, apart by commas: 10.0.0.0/8, fd00::/64"
        guard let text = parts.first, let address = IPAddress(text) else {
            throw WordError(.malformed(word, form: form), key)
        }
        if parts.count == 1 { return IPPrefix(host: address) }
        guard parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let length = UInt8(parts[1]), let prefix = IPPrefix(address, length: Int(length))
        else { throw WordError(.malformed(word, form: form), key) }
        return prefix.network
    }

    /// `192.0.2.1:51820`, `[2001:db8::1]:51820`, `[fe80::1%eth0]:51820`, `vpn.example.org:51820`.
    private func endpoint(_ value: String, _ line: Int) throws -> WireGuardEndpoint {
        func malformed() -> WordError {
            WordError(
                .malformed(value, form: "an address or a host's name, a colon and a port"), "Endpoint", line: line)
        }
        guard let colon = value.lastIndex(of: ":") else { throw malformed() }
        var host = value[..<colon]
        guard let port = UInt16(value[value.index(after: colon)...]), !value[colon...].contains("+") else {
            throw malformed()
        }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { throw malformed() }
            host = host.dropFirst().dropLast()
        }
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, !name.isEmpty else { throw malformed() }
        guard let address = IPAddress(name) else {
            if parts.count > 1 || name.contains(":") { throw malformed() }
            return WireGuardEndpoint(try resolve(name, line), port: port)
        }
        guard parts.count == 2 else { return WireGuardEndpoint(address, port: port) }
        guard !address.isIPv4, let scope = links.index(of: parts[1]).map(UInt32.init(bitPattern:)) ?? UInt32(parts[1])
        else { throw WordError(.noLink(parts[1], links.names), "Endpoint", line: line) }
        return WireGuardEndpoint(address, port: port, scope: scope)
    }
}
