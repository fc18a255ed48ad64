import Documents
import Fetch
import Kernel
import Platform
import Platforms
import TestSupport
import Testing

@Suite("Metadata with anything in it")
struct HostileAnswerTests {
    @Test("any value anywhere is a whole machine or a typed failure, and what is told is what such things are")
    func values() async throws {
        let seed = Sweep.seed ?? 1
        var random = SeededGenerator(seed: seed)
        var (count, whole) = (0, 0)
        for fixture in MachineFixture.all where fixture.document["snapshot"] != nil {
            for document in HostileDocument.all(of: fixture) {
                guard document.count > 0 else { continue }
                let numbers =
                    Sweep.isLong
                    ? Array(0..<document.count) : (0..<4).map { _ in random.number(0...document.count - 1) }
                for number in numbers {
                    let spoilt = try document.spoilt(number, of: fixture)
                    count += 1
                    if await check(spoilt.fixture, spoilt.name, seed) { whole += 1 }
                }
            }
        }
        print("HOSTILE \(count) \(whole)")
    }

    private func check(_ fixture: MachineFixture, _ name: String, _ seed: UInt64) async -> Bool {
        do {
            let source = try #require(Registry.platform(fixture.platform)?.source)
            let (context, _) = try fixture.context(deadline: Deadline(in: .milliseconds(30)))
            let snapshot = try await source.snapshot(in: context)
            if differences(of: snapshot.document(), from: fixture.document["snapshot"] ?? nil) != [] {
                print(
                    "DIFF", name,
                    differences(of: snapshot.document(), from: fixture.document["snapshot"] ?? nil).map {
                        String($0.prefix(150))
                    })
            }
            return true
        } catch let error as PlatformError {
            if error.description.utf8.count > 2000
                || error.description.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f })
            {
                print("BADWORDS", name, error.description.prefix(300))
            }
            if error.platform != fixture.platform || error.hint.isEmpty {
                print("POOR", name, error.description.prefix(300))
            }
            return false
        } catch {
            Issue.record("\(name): \(error)")
            return false
        }
    }
}
