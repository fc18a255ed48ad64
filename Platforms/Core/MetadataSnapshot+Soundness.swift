internal import Fetch
internal import Kernel
internal import Network

extension MetadataSnapshot {
    /// What no machine can be called, or have; nil for nothing. Whoever reads a platform's documents checks their form there: this holds
    /// for all of them, and for what a machine's owner wrote.
    var problem: String? {
        for (name, text) in [
            ("instance id", instanceID), ("instance type", instanceType), ("region", region), ("zone", zone),
        ] {
            if let text, !Self.isWordy(text) { return "the \(name) \(text.prefix(80)) is no line of text" }
        }
        if let hostName, !Self.isHostName(hostName) { return "the host name \(hostName.prefix(80)) is none" }
        for (name, value) in tags {
            guard !Self.hasControls(name), !Self.hasControls(value, butLines: true) else {
                return "the tag \(name.prefix(80)) is no text"
            }
        }
        for key in sshKeys where key.utf8.count > JSONReading.lineLimit || Self.hasControls(key) {
            return "the SSH key \(key.prefix(80)) is no line of text"
        }
        for server in timeServers where !Self.isHostName(server) && IPAddress(server) == nil {
            return "the time server \(server.prefix(80)) is neither a name nor an address"
        }
        for server in nameServers where server.isUnspecified || server.isMulticast {
            return "the name server \(server) is no host"
        }
        return linkProblem ?? writtenProblem
    }

    private var linkProblem: String? {
        var macs: Set<MACAddress> = []
        for link in interfaces {
            if link.mac.isMulticast || link.mac.rawValue == 0 { return "the MAC address \(link.mac) is no interface's" }
            if !macs.insert(link.mac).inserted { return "two interfaces have \(link.mac)" }
            for address in link.addresses where !address.isOfHost || address.address.isLoopback {
                return "the address \(address) of \(link.mac) is no host's"
            }
            for prefix in link.prefixes where !prefix.isOfHost { return "the prefix \(prefix) of \(link.mac) is none" }
            let routers = [link.gateway4.map { IPAddress.v4($0) }, link.gateway6.map { IPAddress.v6($0) }]
            for router in routers.compactMap({ $0 }) where router.isUnspecified || router.isMulticast {
                return "the router \(router) of \(link.mac) is no host"
            }
        }
        return nil
    }

    private var writtenProblem: String? {
        for link in writtenNetwork?.interfaces ?? [] {
            for mac in [link.mac, link.newMAC].compactMap({ $0 }) where mac.isMulticast || mac.rawValue == 0 {
                return "the MAC address \(mac) is no interface's"
            }
            for address in link.addresses where !address.isOfHost {
                return "the address \(address) of \(link.name ?? link.mac?.description ?? "an interface") is no host's"
            }
        }
        return nil
    }

    /// Labels of letters, digits, hyphens and underscores (which RFC 1123 has not, and clouds do), at most 253 bytes.
    public static func isHostName(_ name: String) -> Bool {
        let labels = name.utf8.split(separator: 0x2e, omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != 0x2d
                    && label.allSatisfy { byte in
                        switch byte {
                        case 0x2d, 0x5f, 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                        default: false
                        }
                    }
            }
    }

    /// What may stand in a line beside others: a page of HTML is none.
    private static func isWordy(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 1024 && !hasControls(text)
            && !text.utf8.contains { $0 == 0x3c || $0 == 0x3e }
    }

    private static func hasControls(_ text: String, butLines: Bool = false) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x09: false
            case 0x0a, 0x0d: !butLines
            case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
            default: false
            }
        }
    }
}

extension IPAddress {
    fileprivate var isUnspecified: Bool {
        switch self {
        case .v4(let address): address.rawValue == 0
        case .v6(let address): address.high == 0 && address.low == 0
        }
    }
}

extension IPPrefix {
    /// A network of all addresses is nobody's.
    fileprivate var isOfHost: Bool { length > 0 && !address.isUnspecified && !address.isMulticast }
}
