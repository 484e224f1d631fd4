using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Quality;

/// <summary>
/// Scores in groups of parts that were judged one after the other, a median a group. The database makes the groups, so that thousands of
/// inspections are a few hundred rows here. Parts that a person has called defects are left out.
/// </summary>
[SuppressMessage("Security", "EF1002", Justification = "What comes from outside is a parameter; numbers alone are written into it.")]
internal static class GroupedScores
{
    /// <summary>How many scores there are.</summary>
    public static Task<int> CountAsync(ServiceContext db, ScoreRange range, CancellationToken cancellation)
    {
        (string where, object[] values) = Where(range);
        return db.Database.SqlQueryRaw<int>($"""SELECT COUNT(*) AS "Value" FROM inspections WHERE {where}""", values)
            .SingleAsync(cancellation);
    }

    /// <summary>Full groups, the earliest first; what is left over at the end is a group later.</summary>
    public static async Task<List<ScoreGroup>> ReadAsync(ServiceContext db, ScoreRange range, int size, CancellationToken cancellation) =>
        await GroupAsync(db, range, size, latest: null, cancellation);

    /// <summary>The latest full groups, the earliest first.</summary>
    public static async Task<List<ScoreGroup>> LatestAsync(
        ServiceContext db, ScoreRange range, int size, int groups, CancellationToken cancellation) =>
        await GroupAsync(db, range, size, size * groups, cancellation);

    /// <summary>The first scores.</summary>
    public static async Task<List<double>> FirstAsync(ServiceContext db, ScoreRange range, int most, CancellationToken cancellation)
    {
        (string where, object[] values) = Where(range);
        return await db.Database.SqlQueryRaw<double>(
            $"""SELECT CAST("Score" AS double precision) AS "Value" FROM inspections WHERE {where} ORDER BY "Id" LIMIT {Text(most)}""",
            values).ToListAsync(cancellation);
    }

    private static async Task<List<ScoreGroup>> GroupAsync(
        ServiceContext db, ScoreRange range, int size, int? latest, CancellationToken cancellation)
    {
        (string where, object[] values) = Where(range);
        string chosen = $"""SELECT "Id", "Received", "Score" FROM inspections WHERE {where}""";
        if (latest is { } most) chosen += $""" ORDER BY "Id" DESC LIMIT {Text(most)}""";
        // Counted from the end where the latest are asked for, so that the last group is full.
        string order = latest is null ? "ASC" : "DESC", each = Text(size);
        string sql = $"""
            SELECT MIN("Id") AS "First", MAX("Id") AS "Last", MAX("Received") AS "Time",
                AVG(CASE WHEN place IN (({each} + 1) / 2, ({each} + 2) / 2) THEN CAST("Score" AS double precision) END) AS "Median"
            FROM (
                SELECT "Id", "Received", "Score", part, ROW_NUMBER() OVER (PARTITION BY part ORDER BY "Score", "Id") AS place
                FROM (
                    SELECT "Id", "Received", "Score", (ROW_NUMBER() OVER (ORDER BY "Id" {order}) - 1) / {each} AS part
                    FROM ({chosen}) AS chosen
                ) AS parts
            ) AS places
            GROUP BY part HAVING COUNT(*) = {each}
            """;
        List<ScoreGroup> groups = await db.Database.SqlQueryRaw<ScoreGroup>(sql, values).ToListAsync(cancellation);
        return [.. groups.OrderBy(one => one.First)];
    }

    private static (string Where, object[] Values) Where(ScoreRange range)
    {
        List<object> values = [range.Product];
        string versions = string.Join(", ", range.Versions.Select(Text));
        string where = $"""
            "ProductId" = {Place(0)} AND "Version" IN ({versions}) AND "State" = 'Done' AND "Score" IS NOT NULL
            AND ("Review" IS NULL OR "Review" <> 'Defect')
            """;
        if (range.Station is { } station) where += $""" AND "Station" = {Add(station)}""";
        if (range.From is { } from) where += $""" AND "Received" >= {Add(from)}""";
        if (range.To is { } to) where += $""" AND "Received" < {Add(to)}""";
        return (where, [.. values]);

        string Add(object value)
        {
            values.Add(value);
            return Place(values.Count - 1);
        }
    }

    private static string Place(int index) => $"{{{Text(index)}}}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Whose scores are looked at.</summary>
/// <param name="Product">The product.</param>
/// <param name="Versions">Versions whose scores are the same; at least one.</param>
/// <param name="Station">The station; null for all.</param>
/// <param name="From">Received at that time or later, UTC; null for any.</param>
/// <param name="To">Received before that time, UTC; null for any.</param>
internal sealed record ScoreRange(string Product, int[] Versions, string? Station, DateTime? From = null, DateTime? To = null);

/// <summary>Some parts that were judged one after the other.</summary>
internal sealed record ScoreGroup(long First, long Last, DateTime Time, double Median);
