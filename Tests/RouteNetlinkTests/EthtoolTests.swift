import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

@Suite("ethtool over netlink", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct EthtoolTests {
    @Test("features are those of ethtool -k, in the short and the long form of bitsets, and switch as asked")
    func features() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add v0 type veth peer name v1")
            try run("ip link add br0 type bridge")
            var ethtool = try EthtoolConnection.open(until: soon)
            let names = try ethtool.names(in: .features, until: soon)
            #expect(names.count > 40)
            for link in ["v0", "br0", "lo"] {
                let short = try #require(try ethtool.get(EthtoolFeatures.self, of: .name(link), until: soon))
                ethtool.usesCompactBitsets = false
                let long = try #require(try ethtool.get(EthtoolFeatures.self, of: .name(link), until: soon))
                ethtool.usesCompactBitsets = true
                #expect(short.hardware?.names.isEmpty == true && long.hardware?.names.isEmpty == false)
                #expect(short.hardware?.values == long.hardware?.values && short.active?.values == long.active?.values)
                #expect(short.wanted?.values == long.wanted?.values)
                #expect(short.unchangeable?.values == long.unchangeable?.values && short.active?.mask == nil)
                for (bit, name) in long.hardware?.names ?? [:] { #expect(names[bit] == name) }
                try same(short.states(names), link)
            }
            // Through us, judged by ethtool; and the reverse.
            let outcome = try ethtool.setFeatures(
                ["rx-gro": true, "tx-udp-segmentation": false], of: .name("v0"), until: soon)
            let changed = outcome.changed
            #expect(outcome.refused.bits.isEmpty)
            #expect(Set(changed.bits.compactMap { names[$0] }) == ["rx-gro", "tx-udp-segmentation"])
            #expect(Set(changed.values.compactMap { names[$0] }) == ["rx-gro"])
            #expect(try peerFeature("generic-receive-offload", "v0") == true)
            #expect(try peerFeature("tx-udp-segmentation", "v0") == false)
            try run("ethtool -K v0 gro off tx-udp-segmentation on")
            let after = try #require(try ethtool.get(EthtoolFeatures.self, of: .name("v0"), until: soon)).states(names)
            #expect(after["rx-gro"]?.isActive == false && after["tx-udp-segmentation"]?.isActive == true)
            // A wish that depends on another is dropped: without scatter-gather there is no segmentation.
            _ = try ethtool.setFeatures(["tx-scatter-gather": false], of: .name("v0"), until: soon)
            let wish = try ethtool.setFeatures(["tx-tcp-segmentation": true], of: .name("v0"), until: soon)
            #expect(wish.refused.bits.compactMap { names[$0] } == ["tx-tcp-segmentation"] || wish.changed.bits.isEmpty)
            #expect(try peerFeature("tx-tcp-segmentation", "v0") == false)
            let unknown = #expect(throws: NetlinkError.self) {
                try ethtool.setFeatures(["no-such-feature": true], of: .name("v0"), until: soon)
            }
            #expect(unknown?.kind == .refused && unknown?.kernelMessage == "bit name not found")
            #expect(unknown?.subject == "features of link v0")
        }
    }

    @Test("speed, duplex, port, link, driver and timestamping are what ethtool prints")
    func settings() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add v0 type veth peer name v1")
            try run("ip link add br0 type bridge")
            var ethtool = try EthtoolConnection.open(until: soon)
            for step in ["v0 up", "v1 up", "br0 up", "v1 down"] {
                try run("ip link set \(step)")
                usleep(100_000)
                let reports = try ethtool.reports(until: soon)
                #expect(reports.map(\.linkName).sorted() == ["br0", "lo", "v0", "v1"])
                for report in reports {
                    let one = try ethtool.report(index: report.linkIndex, name: report.linkName, until: soon)
                    #expect(one == report, "a dump says what a get says")
                    try same(report, &ethtool)
                }
            }
            let peak = try #require(try ethtool.get(EthtoolLinkModes.self, of: .name("v0"), until: soon))
            #expect(peak.megabitsPerSecond == 10_000 && peak.duplex == .full && peak.isAutonegotiating == false)
            #expect(try ethtool.get(EthtoolRings.self, of: .name("br0"), until: soon) == nil)
            #expect(try ethtool.get(EthtoolPause.self, of: .name("v0"), until: soon) == nil)
        }
    }

    @Test("channels are changed as ethtool -l sees it, and more than there can be is the kernel's own refusal")
    func channels() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add v0 numrxqueues 4 numtxqueues 4 type veth peer name v1 numrxqueues 4 numtxqueues 4")
            var ethtool = try EthtoolConnection.open(until: soon)
            var channels = try #require(try ethtool.get(EthtoolChannels.self, of: .name("v0"), until: soon))
            #expect(channels.maximumReceive == 4 && channels.maximumTransmit == 4 && channels.combined == nil)
            channels.receive = 3
            channels.transmit = 2
            // The maxima are in it, and are left out of the request.
            try ethtool.set(channels, of: .name("v0"), until: soon)
            let lines = try run("ethtool -l v0").lines.map { $0.filter { $0 != "\t" } }
            #expect(lines.contains("RX:3") && lines.contains("TX:2"))
            try run("ethtool -L v0 rx 1 tx 4")
            let after = try #require(try ethtool.get(EthtoolChannels.self, of: .name("v0"), until: soon))
            #expect(after.receive == 1 && after.transmit == 4)
            var much = EthtoolChannels()
            much.receive = 5
            let refusal = #expect(throws: NetlinkError.self) { try ethtool.set(much, of: .name("v0"), until: soon) }
            #expect(refusal?.errno == .invalidArgument && refusal?.subject == "channels of link v0")
            #expect(refusal?.kernelMessage == "requested channel count exceeds maximum")
            var rings = EthtoolRings()
            rings.receive = 64
            let none = #expect(throws: NetlinkError.self) { try ethtool.set(rings, of: .name("v0"), until: soon) }
            #expect(none?.cause == .missingFeature)
            let absent = #expect(throws: NetlinkError.self) {
                _ = try ethtool.get(EthtoolLinkState.self, of: .name("v9"), until: soon)
            }
            #expect(absent?.cause == .notFound && absent?.subject == "link state of link v9")
            // Another's rights: wake-on-LAN is kept from whom it does not concern, the rest is not.
            #expect(seteuid(65534) == 0)
            let modest = #expect(throws: NetlinkError.self) { try ethtool.set(channels, of: .name("v0"), until: soon) }
            #expect(modest?.cause == .missingCapability("CAP_NET_ADMIN"))
            let report = try ethtool.report(index: 1, name: "lo", until: soon)
            #expect(report.refusals.map(\.subject) == ["wake-on-LAN of link 1"] && report.features != nil)
            #expect(seteuid(0) == 0)
        }
    }
}

/// ethtool's own names for single features; what it sums up in groups has no number (ethtool(8), -K).
private let renamed = [
    "rx-checksum": "rx-checksumming", "tx-generic-segmentation": "generic-segmentation-offload",
    "rx-gro": "generic-receive-offload", "rx-lro": "large-receive-offload", "rx-vlan-hw-parse": "rx-vlan-offload",
    "tx-vlan-hw-insert": "tx-vlan-offload", "rx-ntuple-filter": "ntuple-filters", "rx-hashing": "receive-hashing",
]

private func peerFeatures(_ link: String) throws -> [String: JSONValue] {
    let text = try run("ethtool --json -k \(link)").output
    return try JSONText.decode(JSONValue.self, from: text).array?.first?.object ?? [:]
}

private func peerFeature(_ name: String, _ link: String) throws -> Bool? {
    try peerFeatures(link)[name]?["active"]?.bool
}

/// Compares our view of the features with `ethtool --json -k`.
private func same(_ states: [String: EthtoolFeatures.State], _ link: String) throws {
    let peer = try peerFeatures(link)
    var count = 0
    for (name, state) in states {
        // ethtool leaves out the features that it takes for dead.
        guard let other = peer[renamed[name] ?? name] else { continue }
        count += 1
        #expect(other["active"]?.bool == state.isActive, "\(link) \(name)")
        #expect(other["requested"]?.bool == state.isWanted, "\(link) \(name)")
        #expect(other["fixed"]?.bool == state.isFixed, "\(link) \(name)")
    }
    // Four of its entries are groups: tx-checksumming, scatter-gather, tcp-segmentation-offload, udp-fragmentation-offload.
    #expect(count + 5 >= peer.count && count > 40)
}

/// Compares a report with what `ethtool`, `ethtool -i` and `ethtool -T` print.
private func same(_ report: EthtoolReport, _ ethtool: inout EthtoolConnection) throws {
    func fields(_ command: String) throws -> [String: String] {
        var result: [String: String] = [:]
        for line in try attempt(command).lines {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            result[String(parts[0].drop { $0 == "\t" })] = String(parts[1].drop { $0 == " " })
        }
        return result
    }
    let settings = try fields("ethtool \(report.linkName)")
    #expect(settings["Link detected"] == report.state?.hasLink.map { $0 ? "yes" : "no" })
    if let modes = report.modes {
        #expect(settings["Speed"] == modes.megabitsPerSecond.map { "\($0)Mb/s" } ?? "Unknown!")
        #expect(settings["Duplex"] == modes.duplex?.description)
        #expect(settings["Auto-negotiation"] == modes.isAutonegotiating.map { $0 ? "on" : "off" })
        #expect(modes.ours?.values.isEmpty == (settings["Advertised link modes"] == "Not reported"))
    } else {
        #expect(settings["Speed"] == nil)
    }
    #expect(settings["Port"] == report.information?.port?.description)
    #expect(settings["PHYAD"] == report.information?.phyAddress.map { "\($0)" })
    #expect(settings["Transceiver"] == report.information?.transceiver?.description)
    let driver = try fields("ethtool -i \(report.linkName)")
    #expect(driver["driver"] == report.driver?.name && driver["version"] == report.driver?.version)
    #expect(driver["bus-info"] == report.driver.map { $0.bus ?? "" })
    #expect(driver["firmware-version"] == report.driver.map { $0.firmwareVersion ?? "" })
    #expect(driver["supports-statistics"] == report.driver.map { ($0.statisticsCount ?? 0) > 0 ? "yes" : "no" })
    let names = try ethtool.names(in: .timestamping, until: soon)
    let listed = try attempt("ethtool -T \(report.linkName)").lines.filter { $0.hasPrefix("\t") }.map {
        $0.filter { $0 != "\t" }
    }
    #expect(listed == report.timestamping?.capabilities?.bits.map { names[$0] ?? "" } ?? [])
}
