import ArgumentParser
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import SystemPackage

extension LinkCommand {
    struct Ethtool: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what ethtool knows of a link, or of all.",
            discussion: "Wake-on-LAN takes CAP_NET_ADMIN; what may not be read is named.")
        @Argument(help: "The link's name.") var link: String?
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try host.requireLive("link ethtool")
            let documents: [EthtoolDocument]
            do throws(NetlinkError) { documents = try Self.read(link) } catch {
                throw CommandFailure(error, "link ethtool", .init(subject: link))
            }
            try output.answer(.array(documents.map(\.value)), table: Self.table(documents))
        }

        private static func read(_ name: String?) throws(NetlinkError) -> [EthtoolDocument] {
            let deadline = Deadline(in: .seconds(20))
            var route = try RouteConnection.open()
            var ethtool = try EthtoolConnection.open(until: deadline)
            var addresses: [Int32: String] = [:]
            let reports: [EthtoolReport]
            if let name {
                let link = try route.link(named: name, until: deadline)
                addresses[link.index] = link.permanentMACAddress?.description
                reports = [try ethtool.report(index: link.index, name: link.name, until: deadline)]
            } else {
                for link in try route.links(until: deadline) {
                    addresses[link.index] = link.permanentMACAddress?.description
                }
                reports = try ethtool.reports(until: deadline)
            }
            var sets = EthtoolDocument.sets
            sets += Swift.Set(reports.flatMap { $0.statistics?.groups.map(\.names) ?? [] }).subtracting(sets)
            var names: [EthtoolStringSet: [UInt32: String]] = [:]
            for set in sets { names[set] = try ethtool.names(in: set, until: deadline) }
            var documents: [EthtoolDocument] = []
            for report in reports {
                documents.append(
                    EthtoolDocument(report: report, permanentAddress: addresses[report.linkIndex], names: names))
            }
            return documents
        }

        private static func table(_ documents: [EthtoolDocument]) -> String {
            var table = Table("LINK", "DRIVER", "BUS", "LINK-UP", "SPEED", "DUPLEX", "AUTONEG", "PORT", "PERMANENT")
            for document in documents {
                let report = document.report
                table.add(
                    report.linkName, report.driver?.name, report.driver?.bus,
                    report.state?.hasLink.map { $0 ? "yes" : "no" },
                    report.modes?.megabitsPerSecond.map { "\($0)Mb/s" },
                    report.modes?.duplex.flatMap { $0 == .unknown ? nil : $0.description },
                    report.modes?.isAutonegotiating.map { $0 ? "on" : "off" }, report.information?.port?.description,
                    document.permanentAddress)
            }
            return table.text
        }
    }
}
