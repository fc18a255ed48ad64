import CKernel
import Documents
import Kernel
import Netlink
import RouteNetlink

/// A link's report with the kernel's names for its bits: as a document, and as lines for people.
struct EthtoolDocument {
    let report: EthtoolReport
    /// IFLA_PERM_ADDRESS.
    let permanentAddress: String?
    let names: [EthtoolStringSet: [UInt32: String]]

    /// The sets whose names a document needs.
    static let sets: [EthtoolStringSet] = [
        .features, .linkModes, .wakeOnLANModes, .timestamping, .transmitTimestampTypes, .receiveTimestampFilters,
        .statisticsGroups,
    ]

    /// Where `ethtool --json` has keys, they are its own (features, pause, FEC, statistics); the attribute's name in lower case else.
    var value: JSONValue {
        var all: [String: JSONValue] = [
            "ifindex": JSONValue(report.linkIndex), "ifname": .string(report.linkName),
            "permanent_address": JSONValue(permanentAddress),
        ]
        all["driver_info"] = report.driver.map(driver)
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
        all["pause"] = report.pause.map { pause in
            [
                "autonegotiate": JSONValue(pause.isAutonegotiated), "rx": JSONValue(pause.receives),
                "tx": JSONValue(pause.transmits),
                "statistics": [
                    "tx_pause_frames": JSONValue(pause.framesSent), "rx_pause_frames": JSONValue(pause.framesReceived),
                ],
            ]
        }
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
        if !report.refusals.isEmpty { all["not_permitted"] = JSONValue(report.refusals.compactMap(\.subject)) }
        return .object(all)
    }

    // MARK: Parts

    private func driver(_ driver: EthtoolDriver) -> JSONValue {
        [
            "driver": .string(driver.name), "version": .string(driver.version),
            "fw_version": JSONValue(driver.firmwareVersion), "bus_info": JSONValue(driver.bus),
            "erom_version": JSONValue(driver.expansionROMVersion), "n_stats": JSONValue(driver.statisticsCount),
            "testinfo_len": JSONValue(driver.testCount), "n_priv_flags": JSONValue(driver.privateFlagCount),
            "eedump_len": JSONValue(driver.eepromSize), "regdump_len": JSONValue(driver.registerDumpSize),
        ]
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

    private func correction(_ correction: EthtoolErrorCorrection) -> JSONValue {
        func count(_ count: EthtoolErrorCorrection.Count?) -> JSONValue {
            count.map { ["total": JSONValue($0.total), "lanes": .array($0.lanes.map { JSONValue($0) })] } ?? .null
        }
        var configured = (correction.modes?.bits ?? []).map { name($0, .linkModes) }
        if correction.isAutomatic == true { configured.append("Auto") }
        return [
            "config": JSONValue(configured),
            "active": JSONValue(correction.active.map { [name($0, .linkModes)] } ?? []),
            "statistics": [
                "corrected_blocks": count(correction.corrected),
                "uncorrectable_blocks": count(correction.uncorrectable),
                "corrected_bits": count(correction.correctedBits),
            ],
        ]
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

    /// Attributes that follow each other, by their names; those of one byte are told by their length. Absent ones are left out.
    private func numbers(_ set: AttributeSet, from first: some BinaryInteger, _ keys: [String]) -> JSONValue {
        var result: [String: JSONValue] = [:]
        for (place, key) in keys.enumerated() {
            let type = Int(first) + place
            switch set.payload(type)?.count {
            case 1: result[key] = JSONValue(set[type, as: UInt8.self])
            case .some: result[key] = JSONValue(set[type, as: UInt32.self])
            case nil: break
            }
        }
        return .object(result)
    }

    private static let ringKeys = [
        "rx_max", "rx_mini_max", "rx_jumbo_max", "tx_max", "rx", "rx_mini", "rx_jumbo", "tx", "rx_buf_len",
        "tcp_data_split", "cqe_size", "tx_push",
    ]
    private static let channelKeys = [
        "rx_max", "tx_max", "other_max", "combined_max", "rx_count", "tx_count", "other_count", "combined_count",
    ]
    private static let coalesceKeys = [
        "rx_usecs", "rx_max_frames", "rx_usecs_irq", "rx_max_frames_irq", "tx_usecs", "tx_max_frames", "tx_usecs_irq",
        "tx_max_frames_irq", "stats_block_usecs", "use_adaptive_rx", "use_adaptive_tx", "pkt_rate_low", "rx_usecs_low",
        "rx_max_frames_low", "tx_usecs_low", "tx_max_frames_low", "pkt_rate_high", "rx_usecs_high",
        "rx_max_frames_high", "tx_usecs_high", "tx_max_frames_high", "rate_sample_interval", "use_cqe_mode_tx",
        "use_cqe_mode_rx",
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
