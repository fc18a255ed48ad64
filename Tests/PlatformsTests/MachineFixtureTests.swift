import Documents
import Fetch
import Network
import Platform
import Platforms
import TestSupport
import Testing

@Suite("Machines as they were recorded")
struct MachineFixtureTests {
    @Test("each is told, and its metadata means what the provider's documents say", arguments: MachineFixture.all)
    func each(fixture: MachineFixture) async throws {
        #expect(fixture.document["provenance"]?.string?.isEmpty == false, "a fixture says where it is from")
        if let facts = fixture.document["facts"] {
            let facts = try PlatformFacts(document: Array(JSONText.encode(facts).utf8))
            #expect(try Registry.detector.verdict(on: facts).platform == fixture.platform)
        }
        let source = try #require(Registry.platform(fixture.platform)?.source)
        let (context, http) = try fixture.context()
        do {
            let snapshot = try await source.snapshot(in: context)
            // Subsets are no comparison: every key of the document is in the fixture.
            let expected = try #require(fixture.document["snapshot"], "\(fixture.document["error"] ?? nil)")
            // Both ways: nothing missing, nothing more.
            #expect(differences(of: snapshot.document(), from: expected) == [])
            #expect(differences(of: expected, from: snapshot.document()) == [])
            if let expected = fixture.document["network"] {
                #expect(differences(of: snapshot.network.document, from: expected) == [])
                #expect(differences(of: expected, from: snapshot.network.document) == [])
            }
        } catch let error as PlatformError {
            let words = try #require(fixture.document["error"]?.string, "\(error)")
            #expect(error.description.contains(words))
        }
        #expect(http.unanswered == [])
    }

    @Test("a platform with a source has machines here")
    func covered() {
        let names = Set(MachineFixture.all.map(\.platform))
        for platform in Registry.platforms where platform.source != nil {
            #expect(names.contains(platform.name), "\(platform.name) has no fixture")
        }
    }
}
