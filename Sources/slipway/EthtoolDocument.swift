import CKernel
import Documents
import Kernel
import Netlink
import RouteNetlink
import SystemPackage

/// A link's report with the kernel's names for its bits: as a document, and as lines for people.
struct EthtoolDocument {
    let report: EthtoolReport
    /// What sysfs has of the driver: all that a recording knows, for the driver itself is asked by an ioctl.
    let sysfs: EthtoolDriver?
    /// IFLA_PERM_ADDRESS.
    let permanentAddress: String?
    let names: [EthtoolStringSet: [UInt32: String]]

    /// The sets whose names a document needs.
    static let sets: [EthtoolStringSet] = [
        .features, .linkModes, .wakeOnLANModes, .timestamping, .transmitTimestampTypes, .receiveTimestampFilters,
        .statisticsGroups,
    ]

    /// What the driver says of itself, or else what sysfs has.
    var driver: EthtoolDriver? { report.driver ?? sysfs }

    /// Where `ethtool --json` has keys, of whatever version, they are its own (features, pause, FEC, statistics, rings, channels,
    /// coalescing); the attribute's name in lower case else.
    var value: JSONValue {
        var all: [String: JSONValue] = [
            "ifindex": JSONValue(report.linkIndex), "ifname": .string(report.linkName),
            "permanent_address": JSONValue(permanentAddress),
        ]
        all["driver_info"] = driver.map(document)
        all["linkinfo"] = report.information.map(information)
        all["linkmodes"] = report.modes.map(modes)
        all["linkstate"] = report.state.map { state in
            [
                "link": JSONValue(state.hasLink), "sqi": JSONValue(state.signalQuality),
                "sqi_max": JSONValue(state.largestSignalQuality),
                "ext_state": JSONValue(state.extendedState?.description),
                "ext_substate": JSONValue(state.extendedSubstate),
            ]
        }
        all["features"] = report.features.map { .object(Self.features($0.states(names[.features] ?? [:]))) }
        all["rings"] = report.rings.map { numbers($0.attributes, from: ETHTOOL_A_RINGS_RX_MAX, Self.ringKeys) }
        all["channels"] = report.channels.map {
            numbers($0.attributes, from: ETHTOOL_A_CHANNELS_RX_MAX, Self.channelKeys)
        }
        all["coalesce"] = report.coalescing.map {
            numbers($0.attributes, from: ETHTOOL_A_COALESCE_RX_USECS, Self.coalesceKeys)
        }
        all["pause"] = report.pause.map(pause)
        all["wol"] = report.wakeOnLAN.map { wake in
            // The password is nobody's business but the card's.
            ["supported": mask(wake.modes, .wakeOnLANModes), "enabled": list(wake.modes, .wakeOnLANModes)]
        }
        all["eee"] = report.energyEfficiency.map { eee in
            [
                "supported": mask(eee.ours, .linkModes), "advertised": list(eee.ours, .linkModes),
                "peer": list(eee.peer, .linkModes), "active": JSONValue(eee.isActive),
                "enabled": JSONValue(eee.isEnabled), "tx_lpi_enabled": JSONValue(eee.isTransmitIdleEnabled),
                "tx_lpi_timer": JSONValue(eee.transmitIdleMicroseconds),
            ]
        }
        all["fec"] = report.errorCorrection.map(correction)
        all["tsinfo"] = report.timestamping.map { time in
            [
                "timestamping": list(time.capabilities, .timestamping),
                "tx_types": list(time.transmitTypes, .transmitTimestampTypes),
                "rx_filters": list(time.receiveFilters, .receiveTimestampFilters),
                "phc_index": JSONValue(time.clockIndex),
            ]
        }
        all["priv_flags"] = report.privateFlags?.flags.map { flags in
            .object(Dictionary(flags.names.map { ($0.value, .bool(flags.contains($0.key))) }) { first, _ in first })
        }
        all["statistics"] = report.statistics.map(statistics)
        let forbidden = report.refusals.filter { $0.errno == .notPermitted }
        if !forbidden.isEmpty { all["not_permitted"] = JSONValue(forbidden.compactMap(\.subject)) }
        let failed = report.refusals.filter { $0.errno != .notPermitted }
        if !failed.isEmpty { all["failed"] = JSONValue(failed.map(\.description)) }
        return .object(all)
    }

    // MARK: Parts

    /// Out of sysfs, without the keys that are not known there.
    private func document(_ driver: EthtoolDriver) -> JSONValue {
        var all: [String: JSONValue] = ["driver": .string(driver.name), "bus_info": JSONValue(driver.bus)]
        all["module_version"] = sysfs?.moduleVersion.map { .string($0) }
        guard let version = driver.version else { return .object(all) }
        all["version"] = .string(version)
        all["fw_version"] = JSONValue(driver.firmwareVersion)
        all["erom_version"] = JSONValue(driver.expansionROMVersion)
        all["n_stats"] = JSONValue(driver.statisticsCount)
        all["testinfo_len"] = JSONValue(driver.testCount)
        all["n_priv_flags"] = JSONValue(driver.privateFlagCount)
        all["eedump_len"] = JSONValue(driver.eepromSize)
        all["regdump_len"] = JSONValue(driver.registerDumpSize)
        return .object(all)
    }

    private func information(_ information: EthtoolLinkInformation) -> JSONValue {
        [
            "port": JSONValue(information.port?.description), "phyaddr": JSONValue(information.phyAddress),
            "tp_mdix": JSONValue(information.crossover?.description),
            "tp_mdix_ctrl": JSONValue(information.crossoverControl?.description),
            "transceiver": JSONValue(information.transceiver?.description),
        ]
    }

    private func modes(_ modes: EthtoolLinkModes) -> JSONValue {
        [
            "autoneg": JSONValue(modes.isAutonegotiating), "speed": JSONValue(modes.megabitsPerSecond),
            "duplex": JSONValue(modes.duplex?.description), "lanes": JSONValue(modes.lanes),
            "master_slave_cfg": JSONValue(modes.masterSlaveConfiguration),
            "master_slave_state": JSONValue(modes.masterSlaveState), "rate_matching": JSONValue(modes.rateMatching),
            "supported": mask(modes.ours, .linkModes), "advertised": list(modes.ours, .linkModes),
            "peer": list(modes.peer, .linkModes),
        ]
    }

    private func pause(_ pause: EthtoolPause) -> JSONValue {
        var all: [String: JSONValue] = [:]
        all["autonegotiate"] = pause.isAutonegotiated.map { .bool($0) }
        all["rx"] = pause.receives.map { .bool($0) }
        all["tx"] = pause.transmits.map { .bool($0) }
        if pause.isAutonegotiated == true, let ours = report.modes?.ours, let peer = report.modes?.peer {
            all["negotiated"] = negotiated(ours, peer)
        }
        var counts: [String: JSONValue] = [:]
        counts["tx_pause_frames"] = pause.framesSent.map { JSONValue($0) }
        counts["rx_pause_frames"] = pause.framesReceived.map { JSONValue($0) }
        if !counts.isEmpty { all["statistics"] = .object(counts) }
        return .object(all)
    }

    /// IEEE 802.3, table 28B-3: what two ends agree on.
    private func negotiated(_ ours: EthtoolBitset, _ peer: EthtoolBitset) -> JSONValue {
        func has(_ bits: EthtoolBitset, _ mode: String) -> Bool {
            bits.values.contains { name($0, .linkModes) == mode }
        }
        let (we, they) = (has(ours, "Pause"), has(peer, "Pause"))
        let both = we && they
        let oneWay = !both && has(ours, "Asym_Pause") && has(peer, "Asym_Pause")
        return ["rx": .bool(both || oneWay && we), "tx": .bool(both || oneWay && they)]
    }

    /// By ethtool's words: no encoding is `Off`, and none configured or active `None`.
    private func correction(_ correction: EthtoolErrorCorrection) -> JSONValue {
        func word(_ bit: UInt32) -> String {
            let name = names[.linkModes]?[bit] ?? "BIT\(bit)"
            return ["None": "Off", "BASER": "BaseR"][name] ?? name
        }
        func count(_ count: EthtoolErrorCorrection.Count) -> JSONValue {
            var all: [String: JSONValue] = ["total": JSONValue(count.total)]
            if !count.lanes.isEmpty { all["lanes"] = .array(count.lanes.map { JSONValue($0) }) }
            return .object(all)
        }
        var configured = correction.isAutomatic == true ? ["Auto"] : []
        configured += (correction.modes?.bits ?? []).map(word)
        let active = correction.active.flatMap { $0 == 0 ? nil : word($0) }
        var all: [String: JSONValue] = [
            "config": JSONValue(configured.isEmpty ? ["None"] : configured), "active": JSONValue([active ?? "None"]),
        ]
        var counts: [String: JSONValue] = [:]
        counts["corrected_blocks"] = correction.corrected.map(count)
        counts["uncorrectable_blocks"] = correction.uncorrectable.map(count)
        counts["corrected_bits"] = correction.correctedBits.map(count)
        if !counts.isEmpty { all["statistics"] = .object(counts) }
        return .object(all)
    }

    private func statistics(_ statistics: EthtoolStatistics) -> JSONValue {
        var groups: [String: JSONValue] = [:]
        for group in statistics.groups {
            var values: [String: JSONValue] = [:]
            for (number, value) in group.values { values[name(number, group.names)] = JSONValue(value) }
            func buckets(_ all: [EthtoolStatistics.Bucket]) -> JSONValue {
                .array(
                    all.map {
                        ["low": JSONValue($0.lowest), "high": JSONValue($0.highest), "val": JSONValue($0.count)]
                    })
            }
            if !group.received.isEmpty { values["rx-pktsNtoM"] = buckets(group.received) }
            if !group.sent.isEmpty { values["tx-pktsNtoM"] = buckets(group.sent) }
            groups[name(group.identifier, .statisticsGroups)] = .object(values)
        }
        return .object(groups)
    }

    // MARK: Names

    private func name(_ bit: UInt32, _ set: EthtoolStringSet) -> String { names[set]?[bit] ?? "\(bit)" }

    private func list(_ bits: EthtoolBitset?, _ set: EthtoolStringSet) -> JSONValue {
        bits.map { JSONValue($0.values.sorted().map { name($0, set) }) } ?? .null
    }

    private func mask(_ bits: EthtoolBitset?, _ set: EthtoolStringSet) -> JSONValue {
        bits.map { JSONValue($0.bits.map { name($0, set) }) } ?? .null
    }

    /// Attributes that follow each other, by their names; those of one byte are switches. Absent ones are left out.
    private func numbers(_ set: AttributeSet, from first: some BinaryInteger, _ keys: [String]) -> JSONValue {
        var result: [String: JSONValue] = [:]
        for (place, key) in keys.enumerated() {
            let type = Int(first) + place
            switch set.payload(type)?.count {
            case 1: result[key] = set[type, as: UInt8.self].map { switched($0, key) }
            case .some: result[key] = JSONValue(set[type, as: UInt32.self])
            case nil: break
            }
        }
        return .object(result)
    }

    private func switched(_ value: UInt8, _ key: String) -> JSONValue {
        guard key == "tcp-data-split" else { return .bool(value != 0) }
        // ETHTOOL_TCP_DATA_SPLIT_*: unknown, disabled, enabled.
        return value == 0 ? .null : .bool(value == 2)
    }

    private static let ringKeys = [
        "rx-max", "rx-mini-max", "rx-jumbo-max", "tx-max", "rx", "rx-mini", "rx-jumbo", "tx", "rx-buf-len",
        "tcp-data-split", "cqe-size", "tx-push",
    ]
    private static let channelKeys = [
        "rx-max", "tx-max", "other-max", "combined-max", "rx", "tx", "other", "combined",
    ]
    private static let coalesceKeys = [
        "rx-usecs", "rx-frames", "rx-usecs-irq", "rx-frames-irq", "tx-usecs", "tx-frames", "tx-usecs-irq",
        "tx-frames-irq", "stats-block-usecs", "adaptive-rx", "adaptive-tx", "pkt-rate-low", "rx-usecs-low",
        "rx-frame-low", "tx-usecs-low", "tx-frame-low", "pkt-rate-high", "rx-usecs-high", "rx-frame-high",
        "tx-usecs-high", "tx-frame-high", "sample-interval", "cqe-mode-tx", "cqe-mode-rx",
    ]

    // MARK: Features

    /// ethtool's older names for single features (ethtool(8), -K).
    private static let renamed = [
        "rx-checksum": "rx-checksumming", "tx-generic-segmentation": "generic-segmentation-offload",
        "rx-gro": "generic-receive-offload", "rx-lro": "large-receive-offload", "rx-vlan-hw-parse": "rx-vlan-offload",
        "tx-vlan-hw-insert": "tx-vlan-offload", "rx-ntuple-filter": "ntuple-filters",
        "rx-hashing": "receive-hashing",
    ]

    /// The keys of `ethtool --json -k`: its older names, and the groups that it sums up, whose other members are null.
    static func features(_ states: [String: EthtoolFeatures.State]) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for (name, state) in states {
            result[renamed[name] ?? name] = [
                "active": .bool(state.isActive), "fixed": .bool(state.isFixed), "requested": .bool(state.isWanted),
            ]
        }
        let groups: [(String, (String) -> Bool)] = [
            ("tx-checksumming", { $0.hasPrefix("tx-checksum-") }),
            ("scatter-gather", { $0.hasPrefix("tx-scatter-gather") }),
            ("tcp-segmentation-offload", { $0.hasPrefix("tx-tcp") && $0.hasSuffix("-segmentation") }),
        ]
        for (name, belongs) in groups {
            let members = states.filter { belongs($0.key) }
            if members.isEmpty { continue }
            result[name] = [
                "active": .bool(members.values.contains { $0.isActive }), "fixed": nil, "requested": nil,
            ]
        }
        return result
    }
}
