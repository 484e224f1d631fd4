using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Security;

/// <summary>Who may sign in, and with which password.</summary>
internal sealed class Users(Changes changes, IDbContextFactory<ServiceContext> contexts, TimeProvider clock)
{
    public const int ShortestPassword = 10, LongestPassword = 200;
    private const int FailuresAllowed = 5;
    private static readonly TimeSpan Lock = TimeSpan.FromMinutes(15);
    private static readonly PasswordHasher<UserRow> Hasher = new();
    private static readonly string Nobodys = Hasher.HashPassword(null!, "nobody's");

    /// <summary>Whether there is anybody yet.</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Users.AnyAsync(cancellation);
    }

    /// <summary>Whether a sign-in still holds: the user may sign in, and password and role have not changed since.</summary>
    public async Task<bool> IsCurrentAsync(ClaimsPrincipal who, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        string name = who.NameOf();
        UserRow? user = await db.Users.AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, cancellation);
        return user is { Disabled: false } && user.Stamp == who.Stamp();
    }

    /// <summary>Adds somebody.</summary>
    /// <exception cref="ServiceException">Name or password cannot be, or the name is taken.</exception>
    public Task<UserRow> AddAsync(string actor, string name, string password, Role role, bool first, CancellationToken cancellation)
    {
        if (name is not { Length: > 0 and <= UserRow.LongestName }
            || !name.All(sign => char.IsAsciiLetterOrDigit(sign) || "-_.@".Contains(sign)))
            throw ServiceException.Invalid($"The name of a user has letters, digits and -_.@, at most {UserRow.LongestName}.");
        CheckPassword(password);
        if (role == Role.Station) throw ServiceException.Invalid("A user is operator, engineer or administrator; stations have keys.");
        return changes.MakeAsync(
            actor,
            async (db, notes) =>
            {
                if (first && await db.Users.AnyAsync(cancellation))
                    throw ServiceException.Conflict("There is an administrator already; sign in.");
                if (await db.Users.AnyAsync(row => row.Name == name, cancellation))
                    throw ServiceException.Conflict($"There is a user '{name}' already.");
                var user = new UserRow { Name = name, PasswordHash = "", Role = role, Stamp = NewStamp(), Created = clock.Now() };
                user.PasswordHash = Hasher.HashPassword(user, password);
                db.Users.Add(user);
                notes.Add("user.created", $"user {name}", null, new { Role = $"{role}" });
                return user;
            },
            cancellation);
    }

    /// <summary>Whether a password is right; after five wrong ones it is refused for a quarter of an hour, even if it is.</summary>
    /// <returns>The user; null where name or password is wrong, or the user is locked out or disabled.</returns>
    public async Task<UserRow?> SignInAsync(string name, string password, string address, CancellationToken cancellation)
    {
        string shown = name.Length > UserRow.LongestName ? name[..UserRow.LongestName] : name;
        return await changes.MakeAsync(
            $"user {shown}",
            async (db, notes) =>
            {
                UserRow? user = await db.Users.FirstOrDefaultAsync(row => row.Name == name, cancellation);
                // Somebody who is not there takes as long as somebody who is.
                PasswordVerificationResult result = Hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? Nobodys, password);
                bool isRight = user is not null && result != PasswordVerificationResult.Failed;
                DateTime now = clock.Now();
                if (user?.LockedUntil > now + Lock) user.LockedUntil = now + Lock; // the clock was put back since
                bool isLocked = user?.LockedUntil > now;
                if (isRight && !isLocked && !user!.Disabled)
                {
                    (user.Failures, user.LockedUntil) = (0, null);
                    if (result == PasswordVerificationResult.SuccessRehashNeeded) user.PasswordHash = Hasher.HashPassword(user, password);
                    notes.Add("user.signed-in", $"user {shown}", null, new { From = address });
                    return user;
                }
                if (user is not null && !isLocked && !isRight && ++user.Failures >= FailuresAllowed)
                    (user.Failures, user.LockedUntil) = (0, now + Lock);
                string reason = isLocked ? "locked" : user is { Disabled: true } ? "disabled" : "name or password";
                notes.Add("user.refused", $"user {shown}", null, new { From = address, Reason = reason });
                return null;
            },
            cancellation);
    }

    /// <summary>Changes a password, a role, or whether somebody may sign in. Earlier sign-ins end.</summary>
    /// <exception cref="ServiceException">There is no such user, or no administrator would be left.</exception>
    public Task<UserRow> ChangeAsync(
        string actor, string name, string? password, Role? role, bool? disabled, CancellationToken cancellation)
    {
        if (password is not null) CheckPassword(password);
        if (role == Role.Station) throw ServiceException.Invalid("A user is operator, engineer or administrator; stations have keys.");
        return changes.MakeAsync(
            actor,
            async (db, notes) =>
            {
                UserRow user = await db.Users.FirstOrDefaultAsync(row => row.Name == name, cancellation)
                    ?? throw ServiceException.Unknown("user", name);
                object before = new { Role = $"{user.Role}", user.Disabled };
                if (password is not null) user.PasswordHash = Hasher.HashPassword(user, password);
                (user.Role, user.Disabled, user.Stamp) = (role ?? user.Role, disabled ?? user.Disabled, NewStamp());
                (user.Failures, user.LockedUntil) = (0, null);
                bool isAdministrator = user is { Role: Role.Administrator, Disabled: false };
                if (!isAdministrator) await DemandAnotherAsync(db, name, cancellation);
                notes.Add(
                    "user.changed", $"user {name}", before,
                    new { Role = $"{user.Role}", user.Disabled, Password = password is null ? "as before" : "new" });
                return user;
            },
            cancellation);
    }

    /// <summary>Removes somebody. Earlier sign-ins end.</summary>
    /// <exception cref="ServiceException">There is no such user, or no administrator would be left.</exception>
    public Task RemoveAsync(string actor, string name, CancellationToken cancellation) => changes.MakeAsync(
        actor,
        async (db, notes) =>
        {
            UserRow user = await db.Users.FirstOrDefaultAsync(row => row.Name == name, cancellation)
                ?? throw ServiceException.Unknown("user", name);
            await DemandAnotherAsync(db, name, cancellation);
            db.Users.Remove(user);
            notes.Add("user.removed", $"user {name}", new { Role = $"{user.Role}", user.Disabled }, null);
        },
        cancellation);

    private static async Task DemandAnotherAsync(ServiceContext db, string name, CancellationToken cancellation)
    {
        if (!await db.Users.AnyAsync(row => row.Name != name && row.Role == Role.Administrator && !row.Disabled, cancellation))
            throw ServiceException.Conflict($"'{name}' is the only administrator; make another one first.");
    }

    private static void CheckPassword(string password)
    {
        if (password is not { Length: >= ShortestPassword and <= LongestPassword })
            throw ServiceException.Invalid($"A password has {ShortestPassword} to {LongestPassword} characters.");
    }

    private static string NewStamp() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
