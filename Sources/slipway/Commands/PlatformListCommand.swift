import ArgumentParser
import Documents
import Platform
import Platforms

extension PlatformCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the platforms that this build knows, and by what it tells them.")
        @OptionGroup var output: OutputOptions

        func run() throws {
            let platforms = Registry.platforms.sorted { $0.name < $1.name }
            try output.answer(.array(platforms.map(\.document)), table: Self.table(platforms))
        }

        private static func table(_ platforms: [PlatformDefinition]) -> String {
            var table = Table("PLATFORM", "DATA SOURCE", "METADATA", "TOLD BY")
            for platform in platforms {
                table.add(
                    platform.name.rawValue, platform.dataSource.rawValue, platform.source == nil ? "no" : "yes",
                    Set(platform.marks.map(\.sourceName)).sorted().joined(separator: ", "))
            }
            return table.text
        }
    }
}
