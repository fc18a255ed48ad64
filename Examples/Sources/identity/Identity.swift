import Documents
import Kernel
import Network
import Platform
import Platforms

/// Prints which platform this machine is on and why, then who it is there, and the network that it is to have: `identity [PLATFORM]`.
@main
enum Identity {
    static func main() async throws {
        let verdict = try Registry.detector.verdict(reading: .live)
        let name = CommandLine.arguments.dropFirst().first.map { PlatformName(rawValue: $0) } ?? verdict.platform
        print(verdict.platform, verdict.signals.map { "\($0.source) is \($0.value)" }.joined(separator: ", "))
        guard let source = Registry.platform(name)?.source else {
            return print(name, "has no metadata that is known here")
        }
        let context = MetadataContext.live(.live, deadline: Deadline(in: .seconds(10)))
        defer { context.guestInfo.close() }
        do throws(PlatformError) {
            let snapshot = try await source.snapshot(in: context)
            print(snapshot.instanceID ?? "no id", snapshot.hostName ?? "no name")
            print((try? JSONText.encode(snapshot.network.document)) ?? "")
        } catch {
            // Its kind tells a refusal, nonsense, a deadline, and a machine of which nobody says anything apart.
            print(error)
        }
    }
}
