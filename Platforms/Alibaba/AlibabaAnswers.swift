internal import Documents
internal import Kernel
internal import Platform

/// What an ECS instance's keys say: "Instance metadata items" of Alibaba Cloud's ECS documents.
struct AlibabaAnswers: Sendable {
    let answers: JSONReading
    private var snapshot = MetadataSnapshot(platform: .alibaba)
    /// As the service writes them; the first is the primary interface's.
    private var macs: [String] = []
    private let tags: [String]
    private let keys: [String]

    /// Below an interface.
    private static let interfaceKeys = [
        "network-interface-id", "primary-ip-address", "private-ipv4s", "netmask", "gateway", "vswitch-cidr-block",
        "vswitch-id", "vpc-id", "vpc-cidr-block", "ipv6s", "ipv6-gateway", "vswitch-ipv6-cidr-block",
        "vpc-ipv6-cidr-blocks", "ipv4-prefixes", "ipv6-prefixes",
    ]

    @Sendable
    init(_ answers: JSONReading) throws(ReadingFault) {
        self.answers = answers
        snapshot.instanceID = try answers.required("instance-id", JSONReading.word)
        snapshot.instanceType = try answers.required("instance/instance-type", JSONReading.word)
        snapshot.hostName = try answers.required("hostname", JSONReading.word)
        snapshot.region = try answers.required("region-id", JSONReading.word)
        snapshot.zone = try answers.required("zone-id", JSONReading.word)
        for server in try answers["dns-conf/nameservers"]?.words() ?? [] {
            if let server = try server.address() { snapshot.nameServers.append(server) }
        }
        for server in try answers["ntp-conf/ntp-servers"]?.words() ?? [] {
            if let server = try server.word() { snapshot.timeServers.append(server) }
        }
        let list = try answers.required(AlibabaMetadata.macs)
        macs = try list.names()
        for mac in macs where MACAddress(mac) == nil { throw list.wrong("is no list of MAC addresses") }
        guard !macs.isEmpty else { throw .missing(AlibabaMetadata.macs) }
        if let primary = try answers["mac"]?.mac(), let place = macs.firstIndex(where: { MACAddress($0) == primary }) {
            macs.insert(macs.remove(at: place), at: 0)
        }
        tags = try answers[AlibabaMetadata.tags]?.names() ?? []
        keys = try answers[AlibabaMetadata.publicKeys]?.names() ?? []
        // Announced minutes before a preemptible instance is taken.
        if let end = try answers["instance/spot/termination-time"]?.word() {
            snapshot.spot = ["termination_time": .string(end)]
        }
    }

    private func path(tag: String) -> String { "\(AlibabaMetadata.tags)\(tag.asPathSegment)" }
    private func path(key: String) -> String { "\(AlibabaMetadata.publicKeys)\(key.asPathSegment)/openssh-key" }

    /// The keys that the lists name.
    var named: [String] {
        macs.flatMap { mac in Self.interfaceKeys.map { "\(AlibabaMetadata.macs)\(mac)/\($0)" } }
            + tags.map { path(tag: $0) } + keys.map { path(key: $0) }
    }

    func snapshot(_ named: JSONReading) throws(ReadingFault) -> MetadataSnapshot {
        var snapshot = snapshot
        for tag in tags { snapshot.tags[tag] = try named[path(tag: tag)]?.line() ?? "" }
        for key in keys { snapshot.sshKeys += try named[path(key: key)]?.lines() ?? [] }
        for mac in macs { snapshot.interfaces.append(try interface(mac, named)) }
        if !snapshot.interfaces.isEmpty { snapshot.interfaces[0].deviceIndex = 0 }
        for address in snapshot.interfaces.flatMap(\.addresses) { snapshot.list(address.address) }
        // An address of the Internet of its own, or an elastic one.
        for key in ["public-ipv4", "eipv4"] {
            if let address = try answers[key]?.address() { snapshot.list(address) }
        }
        snapshot.raw = answers.members(without: []).merging(named.members(without: [])) { first, _ in first }
        return snapshot
    }

    private func interface(_ mac: String, _ named: JSONReading) throws(ReadingFault) -> MetadataSnapshot.Interface {
        let path = { (key: String) in "\(AlibabaMetadata.macs)\(mac)/\(key)" }
        guard let address = MACAddress(mac) else { throw named.wrong("has \(mac), which is no MAC address") }
        var link = MetadataSnapshot.Interface(mac: address)
        var addresses: [IPAddress] = []
        if let primary = try named[path("primary-ip-address")]?.ipv4() { addresses.append(.v4(primary)) }
        for item in try named[path("private-ipv4s")]?.words() ?? [] {
            if let more = try item.ipv4(), !addresses.contains(.v4(more)) { addresses.append(.v4(more)) }
        }
        if let first = addresses.first {
            var length = try named[path("netmask")]?.length(of: first)
            if length == nil { length = try named.required(path("vswitch-cidr-block"), JSONReading.prefix).length }
            link.addresses = addresses.map { own in
                length.flatMap { IPPrefix(own, length: $0) } ?? IPPrefix(host: own)
            }
            link.gateway4 = try named.required(path("gateway"), JSONReading.ipv4)
        }
        for item in try named[path("ipv6s")]?.words() ?? [] {
            guard let own = try item.ipv6() else { continue }
            let block = try named.required(path("vswitch-ipv6-cidr-block"), JSONReading.prefix)
            link.addresses.append(IPPrefix(.v6(own), length: block.length) ?? IPPrefix(host: .v6(own)))
            link.gateway6 = try named[path("ipv6-gateway")]?.ipv6()
        }
        guard !link.addresses.isEmpty else { throw .missing(path("private-ipv4s")) }
        for key in ["ipv4-prefixes", "ipv6-prefixes"] {
            for item in try named[path(key)]?.words() ?? [] {
                if let prefix = try item.prefix() { link.prefixes.append(prefix) }
            }
        }
        return link
    }
}
