using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Audit;

/// <summary>
/// The chain of audit entries: each has the hash of the one before, so that none can be changed, taken out or put in between without the
/// chain breaking. Whoever notes the latest hash elsewhere also learns of entries cut off at the end.
/// </summary>
internal static class AuditChain
{
    /// <summary>What the first entry has in place of an earlier one's hash.</summary>
    public static string Start { get; } = new('0', FileStore.HashLength);

    /// <summary>The next entry.</summary>
    public static AuditRow Next(
        AuditRow? last, DateTime time, string actor, string action, string subject, string? before, string? after)
    {
        (long number, string previous) = (1 + (last?.Number ?? 0), last?.Hash ?? Start);
        return new AuditRow
        {
            Number = number,
            Time = time,
            Actor = actor,
            Action = action,
            Subject = subject,
            Before = before,
            After = after,
            PreviousHash = previous,
            Hash = HashOf(number, time, actor, action, subject, before, after, previous),
        };
    }

    /// <summary>The latest entry; null where there is none.</summary>
    public static Task<AuditRow?> LastAsync(ServiceContext db, CancellationToken cancellation) =>
        db.Audit.AsNoTracking().OrderByDescending(row => row.Number).FirstOrDefaultAsync(cancellation);

    /// <summary>Walks the whole chain.</summary>
    /// <returns>How many entries it has, and what is wrong with it in one line; null where nothing is.</returns>
    public static async Task<(long Entries, string? Problem)> VerifyAsync(ServiceContext db, CancellationToken cancellation)
    {
        (long entries, string previous) = (0, Start);
        await foreach (AuditRow row in db.Audit.AsNoTracking().OrderBy(row => row.Number).AsAsyncEnumerable()
            .WithCancellation(cancellation))
        {
            entries++;
            if (row.Number != entries) return (entries, $"Entry {entries} of the audit trail is missing; the next one is {row.Number}.");
            if (row.PreviousHash != previous) return (entries, $"Entry {entries} of the audit trail does not follow the one before.");
            previous = HashOf(row.Number, row.Time, row.Actor, row.Action, row.Subject, row.Before, row.After, row.PreviousHash);
            if (row.Hash != previous) return (entries, $"Entry {entries} of the audit trail was changed.");
        }
        return (entries, null);
    }

    private static string HashOf(
        long number, DateTime time, string actor, string action, string subject, string? before, string? after, string previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string moment = time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        foreach (string? part in (string?[])[$"{number}", moment, actor, action, subject, before, after, previous])
        {
            byte[] bytes = part is null ? [] : Encoding.UTF8.GetBytes(part);
            byte[] length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
