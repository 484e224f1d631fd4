using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Results;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Products;

/// <summary>Which versions products have, and which are in force.</summary>
internal sealed class DetectorCatalog(IDbContextFactory<ServiceContext> contexts, TimeProvider clock)
{

    /// <summary>The version of a product that is in force.</summary>
    /// <exception cref="ServiceException">There is no such product, or none of its versions is in force.</exception>
    public async Task<VersionRow> ActiveAsync(string product, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        var found = await (
            from one in db.Products.AsNoTracking()
            where one.Id == product
            join version in db.Versions on new { ProductId = one.Id, Number = one.ActiveVersion } equals new
            {
                version.ProductId,
                Number = (int?)version.Number,
            } into versions
            from version in versions.DefaultIfEmpty()
            select new { one.Id, Version = version }).FirstOrDefaultAsync(cancellation)
            ?? throw ServiceException.UnknownProduct(product);
        return found.Version ?? throw ServiceException.Conflict(
            $"No version of product '{product}' is in force; teach it and put a version in force first.");
    }

    /// <summary>A version of a product.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    public async Task<VersionRow> FindAsync(string product, int number, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Versions.AsNoTracking().FirstOrDefaultAsync(row => row.ProductId == product && row.Number == number, cancellation)
            ?? throw Unknown(product, number);
    }

    /// <summary>There is no such version.</summary>
    public static ServiceException Unknown(string product, int number) =>
        new(StatusCodes.Status404NotFound, $"There is no version {number} of product '{product}'.");

    /// <summary>Adds a version whose file is in the store, as part of a change.</summary>
    /// <param name="db">The change's rows.</param>
    /// <param name="notes">The change's notes.</param>
    /// <param name="product">The product.</param>
    /// <param name="detector">The detector, whose file is in the store.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="from">The version that it was made from; null for none.</param>
    /// <param name="job">The job that made it; null for none.</param>
    /// <param name="by">Who made it.</param>
    /// <param name="activate">Whether it is put in force; null to do so only where none is.</param>
    public async Task<VersionRow> AddAsync(
        ServiceContext db,
        ChangeNotes notes,
        ProductRow product,
        DetectorDescription detector,
        VersionOrigin origin,
        int? from,
        long? job,
        string by,
        bool? activate)
    {
        int last = await db.Versions.Where(row => row.ProductId == product.Id).MaxAsync(row => (int?)row.Number) ?? 0;
        var version = new VersionRow
        {
            ProductId = product.Id,
            Number = last + 1,
            Origin = origin,
            From = from,
            Job = job,
            FileHash = detector.Sha256,
            FileLength = detector.Bytes,
            Description = Json(detector),
            CreatedBy = by,
            Created = clock.Now(),
        };
        db.Versions.Add(version);
        notes.Add(
            "version.created", $"product {product.Id} version {version.Number}", null,
            new { Origin = origin, From = from, Job = job, FileHash = detector.Sha256 });
        if (activate ?? product.ActiveVersion is null) Activate(notes, product, version.Number);
        return version;
    }

    /// <summary>Puts a version in force, as part of a change.</summary>
    public static void Activate(ChangeNotes notes, ProductRow product, int number)
    {
        notes.Add(
            "version.activated", $"product {product.Id}", product.ActiveVersion is { } before ? new { Version = before } : null,
            new { Version = number });
        notes.InForce.Add(new VersionInForce(product.Id, number));
        product.ActiveVersion = number;
        product.Revision++;
    }

    /// <summary>What is told of a version.</summary>
    public static VersionInfo Describe(VersionRow row, int? active)
    {
        JsonElement detector = JsonElement.Parse(row.Description);
        return new VersionInfo
        {
            Number = row.Number,
            Active = row.Number == active,
            Origin = row.Origin,
            From = row.From,
            Job = row.Job,
            FileHash = row.FileHash,
            FileLength = row.FileLength,
            Limits = ReadLimits(detector),
            Detector = detector,
            CreatedBy = row.CreatedBy,
            Created = row.Created,
        };
    }

    private static LimitScores? ReadLimits(JsonElement detector)
    {
        if (!detector.TryGetProperty("limits", out JsonElement limits) || limits.ValueKind != JsonValueKind.Object) return null;
        float Score(string name) => limits.GetProperty(name).GetProperty("score").GetSingle();
        return new LimitScores(Score("review"), Score("ng"), Score("pixel"));
    }

    private static string Json(DetectorDescription description)
    {
        using var stream = new MemoryStream();
        ResultJson.Write(stream, description);
        return JsonSerializer.Serialize(JsonElement.Parse(stream.ToArray())); // in one line
    }
}
