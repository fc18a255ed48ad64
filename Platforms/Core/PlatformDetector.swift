internal import Kernel

/// Judges facts by the platforms' marks. Reads nothing itself.
public struct PlatformDetector: Sendable {
    public let platforms: [PlatformDefinition]
    /// What a machine is on which nothing else matched; one of `platforms`.
    public let fallback: PlatformName

    public init(_ platforms: [PlatformDefinition], fallback: PlatformName) {
        self.platforms = platforms
        self.fallback = fallback
    }

    /// The command line first; then the strongest mark, the higher score, the earlier platform in the list.
    ///
    /// Throws ``PlatformError/Kind/unknownName(_:)`` for a `slipway.platform=` that names none: booting as something else
    /// would be worse. `slipway.platform=auto` is as if it were not there.
    public func verdict(on facts: PlatformFacts) throws(PlatformError) -> PlatformVerdict {
        var facts = facts
        facts.virtualization = facts.virtualization ?? Virtualization.word(ofDMI: facts.dmi)
        let found = platforms.map { ($0, Self.findings($0, in: facts)) }
        var best: (definition: PlatformDefinition, findings: [Finding])?
        for (definition, findings) in found where findings.contains(where: { $0.mark.strength > .supporting }) {
            guard let known = best else {
                best = (definition, findings)
                continue
            }
            if Self.rank(findings) > Self.rank(known.findings) { best = (definition, findings) }
        }
        var signals = found.flatMap(\.1).map(\.signal)
        var winner = best?.definition.name ?? fallback
        if let name = facts.commandLine.flatMap({ KernelCommandLine($0)["slipway.platform"] }), name != "auto" {
            winner = PlatformName(rawValue: name)
            guard platforms.contains(where: { $0.name == winner }) else {
                throw PlatformError(
                    .unknownName(name),
                    hint: "the names are \(platforms.map(\.name.rawValue).sorted().joined(separator: ", "))")
            }
            signals.append(
                PlatformSignal(
                    source: "cmdline", value: "slipway.platform=\(name)",
                    weight: PlatformMark.Strength.commandLine.rawValue, platform: winner))
        }
        // A stable order: by weight, then as the registry has them.
        let ordered = signals.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .map(\.element)
        let own = found.first { $0.0.name == winner }
        return PlatformVerdict(
            platform: winner, virtualization: facts.virtualization,
            dataSource: Self.dataSource(own?.0, own?.1 ?? []),
            score: ordered.filter { $0.platform == winner }.reduce(0) { $0 + $1.weight }, signals: ordered,
            conflicts: ordered.filter { $0.platform != winner } + conflicts(of: own?.0, facts),
            isContainer: facts.isContainer)
    }

    private struct Finding {
        let mark: PlatformMark
        let signal: PlatformSignal
    }

    private static func findings(_ definition: PlatformDefinition, in facts: PlatformFacts) -> [Finding] {
        definition.marks.flatMap { mark in
            mark.source.values(in: facts).filter { mark.pattern.matches($0) }.map {
                Finding(
                    mark: mark,
                    signal: PlatformSignal(
                        source: mark.source.name, value: $0, weight: mark.strength.rawValue, platform: definition.name))
            }
        }
    }

    private static func rank(_ findings: [Finding]) -> (Int, Int) {
        let weights = findings.map(\.mark.strength.rawValue)
        return (weights.max() ?? 0, weights.reduce(0, +))
    }

    private static func dataSource(_ definition: PlatformDefinition?, _ findings: [Finding]) -> DataSource {
        let strongest = findings.max { $0.mark.strength < $1.mark.strength }
        return strongest?.mark.dataSource ?? definition?.dataSource ?? .none
    }

    /// A hypervisor that the platform does not run on: a nested guest, an emulation, a lie.
    private func conflicts(of winner: PlatformDefinition?, _ facts: PlatformFacts) -> [PlatformSignal] {
        // "Some hypervisor" contradicts nothing.
        guard let word = facts.virtualization, word != "vm-other", let expected = winner?.virtualizations,
            !expected.contains(word)
        else {
            return []
        }
        return [PlatformSignal(source: "virtualization", value: word, weight: 0, platform: fallback)]
    }
}
