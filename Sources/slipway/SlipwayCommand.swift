import ArgumentParser

struct SlipwayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipway", abstract: "The hardware abstraction and boot layer of a Linux node.",
        discussion: """
            Answers go to stdout, as tables or with --json as documents; errors and progress to stderr.
            Exit status: 0 done, 1 failed, 2 wrong use, 3 refused for safety, 4 not found, 5 timed out.
            """, version: "slipway \(Version.text)",
        subcommands: [
            PlatformCommand.self, LinkCommand.self, AddressCommand.self, RouteCommand.self, RuleCommand.self,
            NeighborCommand.self, NetlinkCommand.self, DiskCommand.self, PartitionCommand.self, ModuleCommand.self,
            ImageCommand.self, BootCommand.self, RecordCommand.self, VMCommand.self, BringUpCommand.self,
            BringDownCommand.self,
        ])
}
