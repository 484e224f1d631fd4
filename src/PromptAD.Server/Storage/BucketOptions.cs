namespace PromptAD.Server.Storage;

/// <summary>
/// A bucket of an S3-compatible store in place of the folder of files, in section <c>Service:Bucket</c>. Credentials come from where the
/// AWS SDK looks for them: <c>AWS_ACCESS_KEY_ID</c> and <c>AWS_SECRET_ACCESS_KEY</c>, a profile, or the role of the machine.
/// </summary>
internal sealed class BucketOptions
{
    /// <summary>The bucket; null for files in the data folder.</summary>
    public string? Name { get; set; }

    /// <summary>What all names in the bucket begin with, such as <c>promptad/</c>; empty for nothing.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The address of the store, such as <c>http://minio:9000</c>; null for Amazon's own.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The region; null for the environment's, or <c>us-east-1</c> where there is an address.</summary>
    public string? Region { get; set; }

    /// <summary>Whether the bucket can be as it is set up.</summary>
    /// <exception cref="PromptADException">It cannot.</exception>
    public void Check()
    {
        if (Name is null) return;
        if (Name.Length is < 3 or > 63 || !Name.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign is '-' or '.'))
            throw Wrong(nameof(Name), Name, "a bucket's name: 3 to 63 lower-case letters, digits, - and .");
        if (Prefix.Length > 200 || Prefix.Any(char.IsControl)) throw Wrong(nameof(Prefix), Prefix, "at most 200 signs");
        if (Endpoint is not null && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out Uri? at) && at.Scheme is "http" or "https"))
            throw Wrong(nameof(Endpoint), Endpoint, "an address such as http://minio:9000");
    }

    private static PromptADException Wrong(string what, string given, string allowed) =>
        new(Problem.InvalidArgument, $"Service:Bucket:{what} is '{given}'; it must be {allowed}.");
}
