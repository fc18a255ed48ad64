/// Where partitions go: a value, in units of the alignment.
///
/// As systemd-repart does it: what is there stays; each new one goes, with its least size, into the smallest free area that has room; what
/// does not fit is left out by its priority; then each area's rest is shared by weight, within the limits.
struct Allocation {
    /// A free area between two partitions, or the ends.
    struct Area {
        /// Aligned, in units.
        let start: UInt64
        let units: UInt64
        /// The one right before it that may grow into it.
        var grower: Member?
        var members: [Member] = []

        var taken: UInt64 { members.reduce(grower?.least ?? 0) { $0 + $1.least } }
        var room: UInt64 { units - min(units, taken) }
    }

    /// What wants space in an area.
    struct Member {
        /// Its place in the plan.
        let index: Int
        let name: String
        /// In units; of one that grows, what it wants besides what it has.
        let least: UInt64
        /// In units; nil is no limit.
        let most: UInt64?
        /// Its share; 0 takes no more than the least.
        let weight: UInt64
        let priority: Int
    }

    /// A place that was found.
    struct Place: Equatable {
        let index: Int
        /// In units.
        let start: UInt64
        let units: UInt64
    }

    private(set) var areas: [Area]
    /// Those that were left out.
    private(set) var dropped: [Int] = []
    /// Of one alignment, in bytes.
    let unit: UInt64

    init(areas: [Area], unit: UInt64) {
        self.areas = areas
        self.unit = unit
    }

    /// Puts `members` into the areas.
    /// - Throws: ``PartitionError/noSpace(_:)``, by how much what has to fit does not.
    mutating func place(_ members: [Member]) throws(PartitionError) {
        for area in areas where area.taken > area.units {
            throw Self.tooSmall(area.grower?.name ?? "", by: area.taken - area.units, unit: unit)
        }
        var wanted = members
        while true {
            guard let failed = fit(wanted) else { break }
            // The last of those with the highest priority.
            let highest = wanted.map(\.priority).max() ?? 0
            guard highest > 0, let victim = wanted.lastIndex(where: { $0.priority == highest }) else {
                throw lacking(failed, wanted)
            }
            dropped.append(wanted.remove(at: victim).index)
        }
        // What was left out for the sake of others may fit beside them after all.
        for member in members.filter({ dropped.contains($0.index) }).sorted(by: { $0.priority < $1.priority }) {
            guard let area = smallest(for: member) else { continue }
            areas[area].members.append(member)
            dropped.removeAll { $0 == member.index }
        }
    }

    /// Where all are: of those that grow, what they get besides what they have.
    func places() -> [Place] {
        areas.flatMap { area in
            let all = [area.grower].compactMap { $0 } + area.members
            var start = area.start
            return zip(all, Self.shares(all, of: area.units)).map { member, units in
                defer { start += units }
                return Place(index: member.index, start: start, units: units)
            }
        }
    }

    /// Fills the areas anew; the first that has no room, or nil.
    private mutating func fit(_ members: [Member]) -> Member? {
        for index in areas.indices { areas[index].members = [] }
        for member in members {
            guard let area = smallest(for: member) else { return member }
            areas[area].members.append(member)
        }
        return nil
    }

    private func smallest(for member: Member) -> Int? {
        areas.indices.filter { areas[$0].room >= member.least }.min { areas[$0].room < areas[$1].room }
    }

    /// Shares `units` by weight, each within its limits.
    static func shares(_ members: [Member], of units: UInt64) -> [UInt64] {
        var shares: [UInt64?] = members.map { $0.weight == 0 ? $0.least : nil }
        var rest = units - min(units, shares.reduce(0) { $0 + ($1 ?? 0) })
        while true {
            let open = members.indices.filter { shares[$0] == nil }
            let weights = open.reduce(0) { $0 + members[$1].weight }
            guard weights > 0 else { break }
            func fair(_ index: Int) -> UInt64 {
                let (high, low) = rest.multipliedFullWidth(by: members[index].weight)
                return weights.dividingFullWidth((high, low)).quotient
            }
            // As flexible lengths in CSS are resolved: of those whose limits are violated, the kind that weighs more is settled, and the rest
            // is shared anew.
            let starved = open.filter { fair($0) < members[$0].least }
            let sated = open.filter { index in members[index].most.map { fair(index) > $0 } ?? false }
            let lacking = starved.reduce(0) { $0 + (members[$1].least - fair($1)) }
            let surplus = sated.reduce(0) { $0 + (fair($1) - (members[$1].most ?? 0)) }
            if lacking > surplus || (lacking == surplus && !starved.isEmpty) {
                for index in starved { shares[index] = members[index].least }
            } else if !sated.isEmpty {
                for index in sated { shares[index] = members[index].most }
            } else {
                // What division left over is for those in front that still may have it.
                for index in open { shares[index] = fair(index) }
                var over = rest - open.reduce(0) { $0 + (shares[$1] ?? 0) }
                for index in open where over > 0 {
                    let share = shares[index] ?? 0
                    guard members[index].most.map({ share < $0 }) ?? true else { continue }
                    let more = min(over, members[index].most.map { $0 - share } ?? over)
                    shares[index] = share + more
                    over -= more
                }
                break
            }
            rest = units - min(units, shares.reduce(0) { $0 + ($1 ?? 0) })
        }
        var result = zip(members, shares).map { $1 ?? $0.least }
        // Whole units: what was rounded down in a round whose members are all settled is somebody's, or a second time it would be.
        var over = units - min(units, result.reduce(0, +))
        for index in members.indices where over > 0 && members[index].weight > 0 {
            let more = min(over, members[index].most.map { $0 - min($0, result[index]) } ?? over)
            result[index] += more
            over -= more
        }
        return result
    }

    private func lacking(_ member: Member, _ wanted: [Member]) -> PartitionError {
        let largest = areas.map(\.room).max() ?? 0
        let all = wanted.reduce(0) { $0 + $1.least }
        let free = areas.reduce(0) { $0 + $1.units }
        if all > free { return Self.tooSmall(member.name, by: all - free, unit: unit) }
        return .noSpace(
            "\(member.name) does not fit: it takes \(member.least.saturatingTimes(unit)) bytes, the largest free area has \(largest * unit)"
        )
    }

    private static func tooSmall(_ name: String, by units: UInt64, unit: UInt64) -> PartitionError {
        .noSpace("the plan does not fit: \(units.saturatingTimes(unit)) bytes are missing (first for \(name))")
    }
}
