internal import Documents
internal import Kernel
internal import Platform

/// What the service said, by key.
struct AWSAnswers {
    private var bodies: [String: [UInt8]] = [:]
    /// Where they are from, to the slash before the keys.
    var place = "/latest/"

    mutating func add(_ keys: [AWSKey], _ answers: [[UInt8]?]) {
        for (key, body) in zip(keys, answers) { bodies[key.path] = body }
    }

    private static let document = "dynamic/instance-identity/document"

    static func json(_ body: [UInt8]) -> JSONValue? { try? JSONText.decode(JSONValue.self, from: body) }

    /// One value, without the line's end.
    private func text(_ path: String) -> String? {
        guard let body = bodies[path] else { return nil }
        let text = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: "\n")
        return text.isEmpty ? nil : text
    }

    private func list(_ path: String) -> [String] {
        String(decoding: bodies[path] ?? [], as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    /// The interfaces' MAC addresses, as the service writes them.
    private var macs: [String] {
        list(AWSKey.macs.path).map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    private func nonsense(_ problem: String, _ key: String) -> PlatformError {
        PlatformError(
            .nonsense(problem), platform: .aws, url: place + key, status: 200,
            hint: "something else answers at this address")
    }

    // MARK: - What the lists name

    /// The keys that the lists of interfaces, tags and SSH keys name.
    func named() throws(PlatformError) -> [AWSKey] {
        let macs = macs
        guard !macs.isEmpty else { throw nonsense("the list of interfaces is empty", AWSKey.macs.path) }
        let addresses = macs.compactMap { MACAddress($0) }.filter { !$0.isMulticast && $0.rawValue != 0 }
        guard addresses.count == macs.count else {
            throw nonsense("this is no list of MAC addresses", AWSKey.macs.path)
        }
        guard Set(addresses).count == addresses.count else {
            throw nonsense("two interfaces have one MAC address", AWSKey.macs.path)
        }
        var keys = macs.flatMap { mac in AWSKey.interface.map { $0.below(mac: mac) } }
        keys += list(AWSKey.tags.path).map { AWSKey(tagPath($0), .text) }
        keys += try keyNumbers().map { AWSKey(keyPath($0), .text) }
        return keys
    }

    private func tagPath(_ name: String) -> String { "\(AWSKey.tags.path)/\(Self.escaped(name))" }

    private func keyPath(_ number: Int) -> String { "\(AWSKey.publicKeys.path)\(number)/openssh-key" }

    /// Lines of `0=name`.
    private func keyNumbers() throws(PlatformError) -> [Int] {
        var numbers: [Int] = []
        for line in list(AWSKey.publicKeys.path) {
            guard let number = line.split(separator: "=", maxSplits: 1).first.flatMap({ UInt16($0) }) else {
                throw nonsense("this is no list of keys", AWSKey.publicKeys.path)
            }
            numbers.append(Int(number))
        }
        return numbers
    }

    /// A path segment (RFC 3986, section 3.3) that cannot leave its place, whatever the tag is called.
    private static func escaped(_ segment: String) -> String {
        if segment == "." || segment == ".." { return segment.replacing(".", with: "%2E") }
        return segment.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~:@=+,".contains(character) {
                return String(character)
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }

    /// What an interface must have and has not yet: addresses, and for each family that it has, their subnet's block.
    func missing() -> [AWSKey] {
        macs.flatMap { mac -> [AWSKey] in
            let key = { (path: String, form: AWSKey.Form) in AWSKey(path, form).below(mac: mac) }
            let (v4, v6) = (key("local-ipv4s", .list), key("ipv6s", .list))
            let (block4, blocks6) = (key("subnet-ipv4-cidr-block", .word), key("subnet-ipv6-cidr-blocks", .list))
            if list(v4.path).isEmpty && list(v6.path).isEmpty { return [v4, v6, block4, blocks6] }
            var keys: [AWSKey] = []
            if !list(v4.path).isEmpty && list(block4.path).isEmpty { keys.append(block4) }
            if !list(v6.path).isEmpty && list(blocks6.path).isEmpty { keys.append(blocks6) }
            return keys
        }
    }

    // MARK: - The snapshot

    /// As it was served. Some services answer an empty body where there is none.
    var userData: [UInt8]? { bodies[AWSKey.userData.path].flatMap { $0.isEmpty ? nil : $0 } }

    func snapshot(_ userData: UserData?) throws(PlatformError) -> MetadataSnapshot {
        var snapshot = MetadataSnapshot(platform: .aws)
        snapshot.instanceID = text("meta-data/instance-id")
        // Signed or not: a service whose document is another instance's mixes up whom it speaks to.
        if let document = bodies[Self.document].flatMap(Self.json), let other = document["instanceId"]?.string,
            other != snapshot.instanceID
        {
            throw nonsense("this is the document of another instance, \(other)", Self.document)
        }
        snapshot.instanceType = text("meta-data/instance-type")
        snapshot.region = text("meta-data/placement/region")
        snapshot.zone = text("meta-data/placement/availability-zone")
        // A VPC with several domain names gives one name for each.
        snapshot.hostName = (text("meta-data/hostname") ?? text("meta-data/local-hostname"))?.split(separator: " ")
            .first.map(String.init)
        for name in list(AWSKey.tags.path) { snapshot.tags[name] = text(tagPath(name)) ?? "" }
        snapshot.sshKeys = try keyNumbers().compactMap { text(keyPath($0)) }
        snapshot.interfaces = try macs.map { (mac) throws(PlatformError) in try interface(mac) }
            .sorted { ($0.deviceIndex ?? .max, $0.mac) < ($1.deviceIndex ?? .max, $1.mac) }
        if let address = text("meta-data/public-ipv4") {
            guard IPv4Address(address) != nil else {
                throw nonsense("\(address) is no address", "meta-data/public-ipv4")
            }
            snapshot.publicAddresses.append(address)
        }
        for interface in snapshot.interfaces {
            for address in interface.addresses { snapshot.list(address.address) }
            let mac = macs.first { MACAddress($0) == interface.mac } ?? ""
            for address in list("\(AWSKey.macs.path)\(mac)/public-ipv4s")
            where !snapshot.publicAddresses.contains(address) {
                snapshot.publicAddresses.append(address)
            }
        }
        snapshot.userData = userData
        snapshot.spot = spot()
        snapshot.identity = MetadataSnapshot.Identity(
            isVerified: false,
            reason: bodies[Self.document] == nil
                ? "the service gave no identity document" : "no certificates in /etc/slipway/trust/aws")
        snapshot.identityDocument = bodies["dynamic/instance-identity/rsa2048"]
        for (path, body) in bodies where path != AWSKey.userData.path {
            snapshot.raw[path] = .string(String(decoding: body, as: UTF8.self))
        }
        return snapshot
    }

    private func spot() -> JSONValue {
        let action = bodies["meta-data/spot/instance-action"].flatMap(Self.json)
        let rebalance = bodies["meta-data/events/recommendations/rebalance"].flatMap(Self.json)
        let lifeCycle = text("meta-data/instance-life-cycle")
        let end = text("meta-data/spot/termination-time")
        guard lifeCycle == "spot" || action != nil || rebalance != nil || end != nil else { return nil }
        return [
            "life_cycle": JSONValue(lifeCycle), "action": action ?? nil, "termination_time": JSONValue(end),
            "rebalance": rebalance ?? nil,
        ]
    }

    private func interface(_ mac: String) throws(PlatformError) -> MetadataSnapshot.Interface {
        let path = { (key: String) in "\(AWSKey.macs.path)\(mac)/\(key)" }
        guard let address = MACAddress(mac) else { throw nonsense("\(mac) is no MAC address", AWSKey.macs.path) }
        var interface = MetadataSnapshot.Interface(mac: address)
        interface.deviceIndex = text(path("device-number")).flatMap { Int($0) }
        let block4 = try prefixes(path("subnet-ipv4-cidr-block"))
        let blocks6 = try prefixes(path("subnet-ipv6-cidr-blocks"))
        for (key, blocks) in [("local-ipv4s", block4), ("ipv6s", blocks6)] {
            for text in list(path(key)) {
                guard let address = IPAddress(text), address.isIPv4 == (key == "local-ipv4s") else {
                    throw nonsense("\(text) is no address", path(key))
                }
                // An address outside its subnet's block would be reachable as a host route alone.
                let length = blocks.first { $0.contains(address) }?.length
                interface.addresses.append(
                    length.flatMap { IPPrefix(address, length: $0) } ?? IPPrefix(host: address))
            }
        }
        for text in list(path("public-ipv4s")) where IPAddress(text) == nil {
            throw nonsense("\(text) is no address", path("public-ipv4s"))
        }
        interface.prefixes = try prefixes(path("ipv4-prefix")) + prefixes(path("ipv6-prefix"))
        // VPC's router has the subnet's first address; IPv6's comes by router advertisement.
        if interface.addresses.contains(where: \.address.isIPv4), let block = block4.first {
            interface.gateway4 = block.firstHost
        }
        return interface
    }

    private func prefixes(_ key: String) throws(PlatformError) -> [IPPrefix] {
        var prefixes: [IPPrefix] = []
        for text in list(key) {
            guard let prefix = IPPrefix(text) else { throw nonsense("\(text) is no address block", key) }
            prefixes.append(prefix)
        }
        return prefixes
    }
}
