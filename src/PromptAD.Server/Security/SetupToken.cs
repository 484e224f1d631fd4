using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Security;

/// <summary>
/// The one-time link with which the first administrator is made. It lives as long as this process and is kept nowhere. In a cluster, each
/// node takes the links of all others: they are protected with the keys that all share, and last for an hour.
/// </summary>
internal sealed class SetupToken(IDataProtectionProvider protection, ServiceOptions options)
{
    private const string Meaning = "first administrator";
    private static readonly TimeSpan Lasts = TimeSpan.FromHours(1);

    private readonly byte[] own = RandomNumberGenerator.GetBytes(32);
    private readonly ITimeLimitedDataProtector shared =
        protection.CreateProtector("PromptAD.Server.Setup").ToTimeLimitedDataProtector();

    /// <summary>As it stands in the link.</summary>
    public string Text => options.Cluster.Enabled
        ? Convert.ToHexStringLower(shared.Protect(Encoding.ASCII.GetBytes(Meaning), Lasts))
        : Convert.ToHexStringLower(own);

    /// <summary>Whether it was sent.</summary>
    public bool Fits(string? sent) => options.Cluster.Enabled
        ? IsOfCluster(sent)
        : CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Text), Encoding.UTF8.GetBytes(sent ?? ""));

    private bool IsOfCluster(string? sent)
    {
        try
        {
            return Encoding.ASCII.GetString(shared.Unprotect(Convert.FromHexString(sent ?? ""))) == Meaning;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
