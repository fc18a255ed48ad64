public import Kernel
public import Netlink
internal import SystemPackage

/// All parts of one link; a part that the driver, or the kernel, has not is nil.
public struct EthtoolReport: Hashable, Sendable {
    public let linkIndex: Int32
    public let linkName: String
    public var information: EthtoolLinkInformation?
    public var modes: EthtoolLinkModes?
    public var state: EthtoolLinkState?
    public var features: EthtoolFeatures?
    public var rings: EthtoolRings?
    public var channels: EthtoolChannels?
    public var coalescing: EthtoolCoalescing?
    public var pause: EthtoolPause?
    public var wakeOnLAN: EthtoolWakeOnLAN?
    public var energyEfficiency: EthtoolEnergyEfficiency?
    public var errorCorrection: EthtoolErrorCorrection?
    public var timestamping: EthtoolTimestamping?
    public var privateFlags: EthtoolPrivateFlags?
    public var statistics: EthtoolStatistics?
    public var driver: EthtoolDriver?
    /// Parts that were not read, and why: wake-on-LAN takes CAP_NET_ADMIN, a driver may answer with an errno of its own, and a device
    /// that is suspended with ENODEV.
    public var refusals: [NetlinkError] = []

    init(linkIndex: Int32, linkName: String) {
        self.linkIndex = linkIndex
        self.linkName = linkName
    }
}

extension EthtoolConnection {
    /// All parts of one link.
    public mutating func report(
        index: Int32, name: String, until deadline: Deadline
    ) throws(NetlinkError) -> EthtoolReport {
        var report = EthtoolReport(linkIndex: index, linkName: name)
        // Every link has features, and no driver is asked for them: only the lack of the link is refused.
        report.features = try get(EthtoolFeatures.self, of: .index(index), until: deadline)
        try read(&report, \.information, until: deadline)
        try read(&report, \.modes, until: deadline)
        try read(&report, \.state, until: deadline)
        try read(&report, \.rings, until: deadline)
        try read(&report, \.channels, until: deadline)
        try read(&report, \.coalescing, until: deadline)
        try read(&report, \.pause, until: deadline)
        try read(&report, \.wakeOnLAN, until: deadline)
        try read(&report, \.energyEfficiency, until: deadline)
        try read(&report, \.errorCorrection, until: deadline)
        try read(&report, \.timestamping, until: deadline)
        try read(&report, \.privateFlags, until: deadline)
        try read(&report, \.statistics, until: deadline)
        report.driver = try driver(of: name)
        return report
    }

    private mutating func read<Part: EthtoolPart>(
        _ report: inout EthtoolReport, _ place: WritableKeyPath<EthtoolReport, Part?>, until deadline: Deadline
    ) throws(NetlinkError) {
        do throws(NetlinkError) {
            report[keyPath: place] = try get(Part.self, of: .index(report.linkIndex), until: deadline)
        } catch  where error.kind == .refused {
            report.refusals.append(error)
        }
    }

    /// All parts of all links, by their indexes: one dump a part, joined.
    public mutating func reports(until deadline: Deadline) throws(NetlinkError) -> [EthtoolReport] {
        var all: [Int32: EthtoolReport] = [:]
        var refusals: [NetlinkError] = []
        try join(&all, &refusals, \.features, until: deadline)
        try join(&all, &refusals, \.information, until: deadline)
        try join(&all, &refusals, \.modes, until: deadline)
        try join(&all, &refusals, \.state, until: deadline)
        try join(&all, &refusals, \.rings, until: deadline)
        try join(&all, &refusals, \.channels, until: deadline)
        try join(&all, &refusals, \.coalescing, until: deadline)
        try join(&all, &refusals, \.pause, until: deadline)
        try join(&all, &refusals, \.wakeOnLAN, until: deadline)
        try join(&all, &refusals, \.energyEfficiency, until: deadline)
        try join(&all, &refusals, \.errorCorrection, until: deadline)
        try join(&all, &refusals, \.timestamping, until: deadline)
        try join(&all, &refusals, \.privateFlags, until: deadline)
        try join(&all, &refusals, \.statistics, until: deadline)
        var result: [EthtoolReport] = []
        for var report in all.values.sorted(by: { $0.linkIndex < $1.linkIndex }) {
            // Since Linux 6.13 a dump leaves out links whose drivers have no clock to speak of, which a get does not. A link that is gone
            // since has neither.
            if report.timestamping == nil {
                report.timestamping =
                    (try? get(EthtoolTimestamping.self, of: .index(report.linkIndex), until: deadline)) ?? nil
            }
            report.driver = (try? driver(of: report.linkName)) ?? nil
            report.refusals += refusals
            result.append(report)
        }
        return result
    }

    private mutating func join<Part: EthtoolPart>(
        _ reports: inout [Int32: EthtoolReport], _ refusals: inout [NetlinkError],
        _ place: WritableKeyPath<EthtoolReport, Part?>, until deadline: Deadline
    ) throws(NetlinkError) {
        do throws(NetlinkError) {
            for answer in try all(Part.self, until: deadline) {
                let empty = EthtoolReport(linkIndex: answer.linkIndex, linkName: answer.linkName)
                reports[answer.linkIndex, default: empty][keyPath: place] = answer.part
            }
        } catch  where error.kind == .refused && error.errno == .notPermitted {
            refusals.append(error)
        } catch  where error.kind == .refused && Part.self != EthtoolFeatures.self {
            // One driver's failure ends the dump of all (ethnl_default_dumpit): so each is asked.
            for index in reports.keys.sorted() {
                guard var report = reports[index] else { continue }
                try read(&report, place, until: deadline)
                reports[index] = report
            }
        }
    }
}
