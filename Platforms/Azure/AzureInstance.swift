internal import Documents
internal import Kernel
internal import Platform

/// `/metadata/instance`: all values are text, and an empty one is none.
struct AzureInstance: Sendable {
    var snapshot = MetadataSnapshot(platform: .azure)
    /// In base64.
    var userData: String?
    /// Of the operating system; versions before 2020-07-15 have none.
    let hasComputerName: Bool
    let isSpot: Bool
    private let evictionPolicy: String?
    /// What Scheduled Events call this machine.
    private let names: Set<String>

    init(_ document: MetadataDocument) throws(MetadataFault) {
        let compute = try document.require("compute", document.member)
        let profile = try compute.member("osProfile")
        snapshot.instanceID = try compute.require("vmId", compute.line)
        snapshot.instanceType = try compute.require("vmSize", compute.line)
        snapshot.region = try compute.require("location", compute.line)
        snapshot.zone = try compute.line("zone")
        let name = try compute.require("name", compute.line)
        let computerName = try profile?.line("computerName")
        snapshot.hostName = computerName ?? name
        hasComputerName = computerName != nil
        names = Set([name, computerName].compactMap { $0?.lowercased() })
        snapshot.tags = try Self.tags(compute)
        for key in try compute.elements("publicKeys") {
            // One with several lines is a certificate of the classic model.
            let lines = MetadataDocument.lines(of: try key.text("keyData") ?? "")
            if lines.count == 1 { snapshot.sshKeys += lines }
        }
        userData = try compute.text("userData")
        isSpot = ["spot", "low"].contains(try compute.line("priority")?.lowercased())
        evictionPolicy = try compute.line("evictionPolicy")
        snapshot.identity = MetadataSnapshot.Identity(
            isVerified: false, reason: "the service gave no attested document")
        let network = try document.require("network", document.member)
        let links = try network.require("interface", network.member).elements()
        guard !links.isEmpty else { throw .missing(network.place("interface")) }
        for link in links { try add(link) }
        snapshot.spot = spot([])
        snapshot.raw["instance"] = Self.raw(document.value)
    }

    private static func tags(_ compute: MetadataDocument) throws(MetadataFault) -> [String: String] {
        var tags: [String: String] = [:]
        let list = try compute.elements("tagsList")
        for tag in list { tags[try tag.require("name", tag.text)] = try tag.text("value") ?? "" }
        guard list.isEmpty, let text = try compute.text("tags") else { return tags }
        // Of before 2019: a semicolon in a tag is lost here, as it is in the text.
        for pair in text.split(separator: ";") {
            let parts = pair.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if let name = parts.first, !name.isEmpty { tags[name] = parts.count > 1 ? parts[1] : "" }
        }
        return tags
    }

    /// The order says nothing, so that no interface has a number.
    private mutating func add(_ link: MetadataDocument) throws(MetadataFault) {
        var interface = MetadataSnapshot.Interface(mac: try link.require("macAddress", link.mac))
        for key in ["ipv4", "ipv6"] {
            guard let family = try link.member(key) else { continue }
            var subnets: [IPPrefix] = []
            for subnet in try family.elements("subnet") {
                guard let address = try subnet.address("address"), address.isIPv4 == (key == "ipv4") else { continue }
                let length = try subnet.require("prefix") { (key) throws(MetadataFault) in
                    try subnet.number(key, in: 0...address.bitCount)
                }
                if let subnet = IPPrefix(address, length: length) { subnets.append(subnet) }
            }
            for entry in try family.elements("ipAddress") {
                if let address = try entry.address("publicIpAddress"),
                    !snapshot.publicAddresses.contains(address.description)
                {
                    snapshot.publicAddresses.append(address.description)
                }
                let address = try entry.require("privateIpAddress", entry.address)
                guard address.isIPv4 == (key == "ipv4") else {
                    throw entry.nonsense("privateIpAddress", "\(address) is of another family")
                }
                if address.isIPv4, subnets.isEmpty { throw .missing(family.place("subnet")) }
                // DHCPv6 gives single addresses, and older services tell no subnet of them.
                let length = subnets.first { $0.contains(address) }?.length
                interface.addresses.append(
                    length.flatMap { IPPrefix(address, length: $0) } ?? IPPrefix(host: address))
                snapshot.list(address)
            }
            // "Azure reserves the first address for the default gateway"; IPv6's comes by router advertisement.
            if key == "ipv4", !interface.addresses.isEmpty { interface.gateway4 = subnets.first?.firstHost }
        }
        guard !interface.addresses.isEmpty else { throw .missing(link.place("ipv4.ipAddress")) }
        // Static addresses are given by DHCP too, with the virtual network's own resolvers, which stand nowhere else.
        interface.usesDHCP4 = interface.addresses.contains { $0.address.isIPv4 }
        interface.usesDHCP6 = interface.addresses.contains { !$0.address.isIPv4 }
        guard !snapshot.interfaces.contains(where: { $0.mac == interface.mac }) else {
            throw link.nonsense("macAddress", "two interfaces have \(interface.mac)")
        }
        snapshot.interfaces.append(interface)
    }

    // MARK: - The machine's end

    /// The events that are about this machine: the document has those of its whole availability set.
    func spot(with events: JSONValue, at path: String) throws(PlatformError) -> JSONValue {
        do throws(MetadataFault) {
            var mine: [JSONValue] = []
            for event in try MetadataDocument(events).elements("Events") {
                let resources = try event.lines("Resources").map { $0.lowercased() }
                guard resources.isEmpty || resources.contains(where: names.contains) else { continue }
                mine.append([
                    "id": JSONValue(try event.line("EventId")), "type": JSONValue(try event.line("EventType")),
                    "status": JSONValue(try event.line("EventStatus")),
                    "not_before": JSONValue(try event.line("NotBefore")),
                    "description": JSONValue(try event.line("Description")),
                    "source": JSONValue(try event.line("EventSource")),
                    "duration": JSONValue(try event.number("DurationInSeconds", in: -1...Int(Int32.max))),
                ])
            }
            return spot(mine)
        } catch {
            let problem =
                switch error {
                case .missing(let place): "there is no \(place)"
                case .nonsense(let problem): problem
                }
            throw PlatformError(
                .nonsense(problem), platform: .azure, url: path, status: 200,
                hint: "something else answers at this address")
        }
    }

    private func spot(_ events: [JSONValue]) -> JSONValue {
        guard isSpot || !events.isEmpty else { return nil }
        return [
            "life_cycle": isSpot ? "spot" : "on-demand", "eviction_policy": JSONValue(evictionPolicy),
            "events": .array(events),
        ]
    }

    private static func raw(_ document: JSONValue) -> JSONValue {
        guard case .object(var members) = document, case .object(var compute)? = members["compute"] else {
            return document
        }
        compute["userData"] = nil
        compute["customData"] = nil
        members["compute"] = .object(compute)
        return .object(members)
    }
}
