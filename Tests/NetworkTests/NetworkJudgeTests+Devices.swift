import Kernel
import Network
import Testing

extension NetworkJudgeTests {
    /// How a judge writes an option of ours, and the unit of its bare numbers, in milliseconds; 0 for no time.
    private static let bondKeys: [String: (String, Int)] = [
        "mode": ("Mode", 0), "lacp_rate": ("LACPTransmitRate", 0), "miimon": ("MIIMonitorSec", 1),
        "min_links": ("MinLinks", 0), "xmit_hash_policy": ("TransmitHashPolicy", 0), "ad_select": ("AdSelect", 0),
        "all_slaves_active": ("AllSlavesActive", 0), "arp_interval": ("ARPIntervalSec", 1),
        "arp_ip_target": ("ARPIPTargets", 0), "arp_validate": ("ARPValidate", 0),
        "arp_all_targets": ("ARPAllTargets", 0), "updelay": ("UpDelaySec", 1), "downdelay": ("DownDelaySec", 1),
        "fail_over_mac": ("FailOverMACPolicy", 0), "num_grat_arp": ("GratuitousARP", 0),
        "packets_per_slave": ("PacketsPerSlave", 0), "primary_reselect": ("PrimaryReselectPolicy", 0),
        "resend_igmp": ("ResendIGMP", 0), "lp_interval": ("LearnPacketIntervalSec", 1000),
    ]
    private static let bridgeKeys: [String: (String, Int)] = [
        "ageing_time": ("AgeingTimeSec", 1000), "forward_delay": ("ForwardDelaySec", 1000),
        "hello_time": ("HelloTimeSec", 1000), "max_age": ("MaxAgeSec", 1000), "priority": ("Priority", 0),
        "stp_state": ("STP", 0),
    ]

    func compareDevice(_ network: DesiredNetwork, _ file: NetworkdFiles.File) {
        let name = file.value("NetDev", "Name") ?? ""
        guard let interface = network.interfaces.first(where: { $0.name == name }) else {
            Issue.record("no interface of ours is \(name)")
            return
        }
        #expect(interface.mac?.description == file.value("NetDev", "MACAddress")?.lowercased())
        switch interface.kind {
        case .bond(_, let options):
            #expect(file.value("NetDev", "Kind") == "bond")
            compareOptions(options.filter { $0.key != "primary" }, file.sections("Bond"), Self.bondKeys, 1)
        case .bridge(_, let options):
            #expect(file.value("NetDev", "Kind") == "bridge")
            compareOptions(options, file.sections("Bridge"), Self.bridgeKeys, 10)
        case .vlan(let id, _):
            #expect(file.value("NetDev", "Kind") == "vlan" && file.value("VLAN", "Id") == "\(id)")
        case .physical: Issue.record("\(name) is a device of the judge's")
        }
    }

    /// `unit` is that of our times, in milliseconds.
    private func compareOptions(
        _ options: [String: String], _ sections: [NetworkdFiles.Section], _ keys: [String: (String, Int)], _ unit: Int
    ) {
        var theirs: [String: String] = [:]
        for section in sections { for entry in section.entries { theirs[entry.key] = entry.value } }
        for (word, value) in options {
            guard let (key, bare) = keys[word], let judged = theirs.removeValue(forKey: key) else {
                Issue.record("\(word) \(value) is ours alone")
                continue
            }
            if bare == 0 {
                let words = ["true": "1", "false": "0"][judged] ?? judged.replacing(" ", with: ",")
                #expect(words == value, "\(word)")
            } else {
                // lp_interval is in seconds at ours.
                let scale = word == "lp_interval" ? 1000 : unit
                #expect(milliseconds(judged, bare: bare) == Int(value).map { $0 * scale }, "\(word)")
            }
        }
        #expect(theirs == [:], "the judge has more options")
    }

    private func milliseconds(_ text: String, bare: Int) -> Int? {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits) else { return nil }
        let units = ["": bare, "ms": 1, "s": 1000, "min": 60_000]
        return units[String(text.dropFirst(digits.count))].map { Int((number * Double($0)).rounded()) }
    }
}
