internal import CKernel
internal import Documents
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let can = LinkVocabulary(
        "can",
        [
            LinkOption(
                IFLA_CAN_STATE,
                .named(
                    .u32, ["ERROR-ACTIVE", "ERROR-WARNING", "ERROR-PASSIVE", "BUS-OFF", "STOPPED", "SLEEPING"],
                    unknown: "UNKNOWN"), "state", words: []),
            LinkOption(IFLA_CAN_RESTART_MS, .integer(.u32), "restart_ms", words: ["restart-ms"]),
        ],
        furtherWords: timingWords + timingWords.map { "d" + $0 } + ["tdcv", "tdco", "tdcf"] + modes.map(\.word)
            + ["tdc-mode", "restart", "termination"],
        printing: { attributes, _, members in
            let can = CAN(attributes: attributes)
            if let modes = can.modes {
                printModes(modes, "ctrlmode", &members)
                if let supported = can.supportedModes {
                    printModes(supported, "ctrlmode_supported", &members)
                    printModes(modes.subtracting(supported), "ctrlmode_static", &members)
                }
            }
            if let counters = can.errorCounters {
                members["berr_counter"] = ["tx": JSONValue(counters.sending), "rx": JSONValue(counters.receiving)]
            }
            printArbitration(can, &members)
            printData(can, &members)
            if let choices = can.terminationChoicesInOhms, let now = can.terminationInOhms {
                members["termination"] = JSONValue(now)
                members["termination_const"] = .array(choices.map { JSONValue($0) })
            }
            members["clock"] = can.clockInHertz.map { JSONValue($0) }
        },
        parsing: { word, reader, attributes, _ throws(WordError) in
            var can = CAN(attributes: attributes)
            guard try parse(word, &reader, &can) else { return false }
            attributes = can.attributes
            return true
        })

    // MARK: Printing

    private static let modes: [(word: String, name: String, mode: CANModes)] = [
        ("loopback", "LOOPBACK", .loopback), ("listen-only", "LISTEN-ONLY", .listenOnly),
        ("triple-sampling", "TRIPLE-SAMPLING", .tripleSampling), ("one-shot", "ONE-SHOT", .oneShot),
        ("berr-reporting", "BERR-REPORTING", .errorReporting), ("fd", "FD", .flexibleDataRate),
        ("fd-non-iso", "FD-NON-ISO", .nonISO), ("presume-ack", "PRESUME-ACK", .presumeAcknowledgement),
        ("cc-len8-dlc", "CC-LEN8-DLC", .rawLengthCode),
    ]
    /// Of `tdc-mode`.
    private static let delayModes: [(name: String, mode: CANModes)] = [
        ("TDC-AUTO", .automaticDelayCompensation), ("TDC-MANUAL", .manualDelayCompensation),
    ]

    private static func printModes(_ on: CANModes, _ key: String, _ members: inout [String: JSONValue]) {
        let known = (modes.map { ($0.name, $0.mode) } + delayModes.map { ($0.name, $0.mode) }).filter {
            on.contains($0.1)
        }
        let rest = known.reduce(on) { $0.subtracting($1.1) }
        if on.isEmpty { return }
        members[key] = JSONValue(known.map(\.0) + (rest.isEmpty ? [] : [LinkOption.hexadecimal(Int64(rest.rawValue))]))
    }

    /// Where the bit rate is chosen from a list, that list stands for the timing.
    private static func printArbitration(_ can: CAN, _ members: inout [String: JSONValue]) {
        if let choices = can.bitRateChoices {
            members["bittiming_bitrate"] = JSONValue(can.bitTiming?.bitRate ?? 0)
            members["bitrate_const"] = .array(choices.map { JSONValue($0) })
        } else {
            members["bittiming"] = can.bitTiming.map { .object(document($0)) }
            members["bittiming_const"] = can.bitTimingLimits.map { .object(document($0)) }
        }
    }

    private static func printData(_ can: CAN, _ members: inout [String: JSONValue]) {
        if let choices = can.dataBitRateChoices {
            members["data_bittiming_bitrate"] = JSONValue(can.dataBitTiming?.bitRate ?? 0)
            members["data_bitrate_const"] = .array(choices.map { JSONValue($0) })
            return
        }
        if let timing = can.dataBitTiming {
            var object = document(timing)
            if let delay = can.delayCompensation {
                let values = [("tdcv", delay.value), ("tdco", delay.offset), ("tdcf", delay.filter)]
                let known = values.compactMap { key, value in value.map { (key, JSONValue($0)) } }
                if !known.isEmpty { object["tdc"] = .object(Dictionary(known) { first, _ in first }) }
            }
            members["data_bittiming"] = .object(object)
        }
        if let limits = can.dataBitTimingLimits {
            var object = document(limits)
            if let delay = can.delayCompensation {
                let ranges = [
                    ("tdcv", delay.minimumValue, delay.maximumValue),
                    ("tdco", delay.minimumOffset, delay.maximumOffset),
                    ("tdcf", delay.minimumFilter, delay.maximumFilter),
                ]
                var inner: [String: JSONValue] = [:]
                for case (let key, let low?, let high?) in ranges { inner[key] = range(low, high) }
                object["tdc"] = .object(inner)
            }
            members["data_bittiming_const"] = .object(object)
        }
    }

    private static func range(_ low: UInt32, _ high: UInt32) -> JSONValue {
        ["min": JSONValue(low), "max": JSONValue(high)]
    }

    private static func document(_ timing: CANBitTiming) -> [String: JSONValue] {
        // Thousandths of a bit's time, as 0.875.
        let digits = String(timing.samplePoint % 1000 + 1000).dropFirst()
        return [
            "bitrate": JSONValue(timing.bitRate), "sample_point": .string("\(timing.samplePoint / 1000).\(digits)"),
            "tq": JSONValue(timing.quantumInNanoseconds), "prop_seg": JSONValue(timing.propagationSegment),
            "phase_seg1": JSONValue(timing.phaseSegment1), "phase_seg2": JSONValue(timing.phaseSegment2),
            "sjw": JSONValue(timing.synchronizationJumpWidth), "brp": JSONValue(timing.prescaler),
        ]
    }

    private static func document(_ limits: CANBitTimingLimits) -> [String: JSONValue] {
        [
            "name": .string(limits.name), "tseg1": range(limits.segment1.minimum, limits.segment1.maximum),
            "tseg2": range(limits.segment2.minimum, limits.segment2.maximum),
            "sjw": range(1, limits.maximumSynchronizationJumpWidth),
            "brp": range(limits.prescaler.minimum, limits.prescaler.maximum),
            "brp_inc": JSONValue(limits.prescalerIncrement),
        ]
    }

    // MARK: Words

    /// The numbers of a bit timing; with `d` before them, of the data phase.
    private static let timingWords = [
        "bitrate", "sample-point", "tq", "prop-seg", "phase-seg1", "phase-seg2", "sjw",
    ]

    private static func timing(_ word: String) -> WritableKeyPath<CANBitTiming, UInt32>? {
        switch word {
        case "bitrate": \.bitRate
        case "sample-point": \.samplePoint
        case "tq": \.quantumInNanoseconds
        case "prop-seg": \.propagationSegment
        case "phase-seg1": \.phaseSegment1
        case "phase-seg2": \.phaseSegment2
        case "sjw": \.synchronizationJumpWidth
        default: nil
        }
    }

    private static func delay(_ word: String) -> WritableKeyPath<CANDelayCompensation, UInt32?>? {
        switch word {
        case "tdcv": \.value
        case "tdco": \.offset
        case "tdcf": \.filter
        default: nil
        }
    }

    private static func parse(
        _ word: String, _ reader: inout WordReader, _ can: inout CAN
    ) throws(WordError) -> Bool {
        if let mode = modes.first(where: { $0.word == word })?.mode {
            let text = try reader.value(of: word)
            guard text == "on" || text == "off" else { throw WordError(.notOneOf(text, ["on", "off"]), word) }
            can.change(mode, to: text == "on")
            return true
        }
        if let path = delay(word) {
            var delay = can.delayCompensation ?? CANDelayCompensation()
            delay[keyPath: path] = try number(word, &reader)
            can.delayCompensation = delay
            return true
        }
        let isData = timing(word) == nil && word.hasPrefix("d")
        if let path = timing(isData ? String(word.dropFirst()) : word) {
            var timing = (isData ? can.dataBitTiming : can.bitTiming) ?? CANBitTiming()
            timing[keyPath: path] =
                word.hasSuffix("sample-point") ? try samplePoint(word, &reader) : try number(word, &reader)
            if isData { can.dataBitTiming = timing } else { can.bitTiming = timing }
            return true
        }
        switch word {
        case "restart": can.restart = 1
        case "termination":
            can.terminationInOhms = UInt16(
                clamping: try LinkOption.number(word, try reader.value(of: word), 0...0xffff))
        case "tdc-mode":
            let text = try reader.value(of: word)
            guard ["auto", "manual", "off"].contains(text) else {
                throw WordError(.notOneOf(text, ["auto", "manual", "off"]), word)
            }
            can.change([.automaticDelayCompensation, .manualDelayCompensation], to: false)
            if text == "auto" { can.change(.automaticDelayCompensation, to: true) }
            if text == "manual" { can.change(.manualDelayCompensation, to: true) }
        default: return false
        }
        return true
    }

    private static func number(_ word: String, _ reader: inout WordReader) throws(WordError) -> UInt32 {
        UInt32(clamping: try LinkOption.number(word, try reader.value(of: word), IntegerWidth.u32.range))
    }

    /// `0.875`, in thousandths.
    private static func samplePoint(_ word: String, _ reader: inout WordReader) throws(WordError) -> UInt32 {
        let text = try reader.value(of: word)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "0" || parts[0].isEmpty, (1...3).contains(parts[1].utf8.count),
            parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let thousandths = UInt32(parts[1] + String(repeating: "0", count: 3 - parts[1].utf8.count))
        else { throw WordError(.malformed(text, form: "a part of a bit's time, from 0.000 to 0.999"), word) }
        return thousandths
    }
}
