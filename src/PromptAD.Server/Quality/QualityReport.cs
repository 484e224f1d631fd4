using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Pages;
using PromptAD.Server.Pages.Quality;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Quality;

/// <summary>The quality of a period as one file of HTML that needs nothing else: to be kept, sent and printed.</summary>
internal sealed class QualityReport(
    FileStore files,
    IDbContextFactory<ServiceContext> contexts,
    ServiceOptions options,
    TimeProvider clock,
    IServiceProvider services,
    ILoggerFactory logs)
{
    private const int WorstPictures = 12, Side = 240, MostChanges = 200;

    /// <summary>The report as an answer.</summary>
    /// <exception cref="ServiceException">Product, period, zone or language cannot be.</exception>
    public static async Task<FileContentHttpResult> AnswerAsync(
        string product,
        [AsParameters] QualityQuery query,
        HttpContext context,
        QualityReader reader,
        QualityReport report,
        TimeProvider clock,
        CancellationToken cancellation,
        [FromQuery] string? language = null)
    {
        CultureInfo culture = PageCultures.All.FirstOrDefault(one => language is null || one.Name == language)
            ?? throw ServiceException.Invalid(
                $"language is '{language}'; it must be one of {string.Join(", ", PageCultures.All.Select(one => one.Name))}.");
        (DateTime from, DateTime to) = query.Period(clock.GetUtcNow());
        TimeZoneInfo zone = query.ZoneFound();
        QualityInfo info = await reader.ReadAsync(product, query.Station, from, to, zone, cancellation);
        ReportContent content = await report.ReadAsync(info, context.User.NameOf(), cancellation);
        string html = await report.WriteAsync(content, new LocalTimes(zone.Id), culture);
        string name = string.Create(CultureInfo.InvariantCulture, $"{product}-{from:yyyy-MM-dd}-{to:yyyy-MM-dd}.html");
        return TypedResults.File(Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8", name);
    }

    private async Task<ReportContent> ReadAsync(QualityInfo info, string by, CancellationToken cancellation)
    {
        (DateTime from, DateTime to) = (info.From.UtcDateTime, info.To.UtcDateTime);
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        IQueryable<InspectionRow> rows = db.Inspections.AsNoTracking()
            .Where(row => row.ProductId == info.Product && row.Received >= from && row.Received < to);
        if (info.Station is { } station) rows = rows.Where(row => row.Station == station);
        var used = await rows.GroupBy(row => row.Version).Select(group => new
        {
            Number = group.Key,
            Count = group.LongCount(),
            First = group.Min(row => row.Received),
            Last = group.Max(row => row.Received),
        }).OrderBy(one => one.Number).ToListAsync(cancellation);
        Dictionary<int, string> hashes = await db.Versions.AsNoTracking().Where(row => row.ProductId == info.Product)
            .ToDictionaryAsync(row => row.Number, row => row.FileHash, cancellation);
        string subject = $"product {info.Product}", part = $"{subject} ";
        List<AuditRow> changes = await db.Audit.AsNoTracking()
            .Where(row => row.Time >= from && row.Time < to && (row.Subject == subject || row.Subject.StartsWith(part)))
            .OrderByDescending(row => row.Number).Take(MostChanges + 1).ToListAsync(cancellation);
        List<InspectionRow> worst = await rows.Where(row => row.State == InspectionState.Done && row.Score != null)
            .OrderByDescending(row => row.Score).ThenBy(row => row.Id).Take(WorstPictures).ToListAsync(cancellation);
        return new ReportContent
        {
            Info = info,
            Name = await db.Products.Where(row => row.Id == info.Product).Select(row => row.Name).SingleAsync(cancellation),
            Versions = used.ConvertAll(one => new UsedVersion(
                one.Number, one.Count, Utc(one.First), Utc(one.Last), hashes.GetValueOrDefault(one.Number, ""))),
            Changes = [.. changes.Take(MostChanges).Select(AuditEndpoints.Describe)],
            HasMoreChanges = changes.Count > MostChanges,
            Worst = await Task.Run(() => worst.ConvertAll(row => new ReportPicture(Finding.Read(row), Draw(row))), cancellation),
            By = by,
            Made = clock.GetUtcNow(),
        };
    }

    /// <summary>A small picture; null where it is gone or cannot be read, which a report does not fail for.</summary>
    private byte[]? Draw(InspectionRow row)
    {
        if (row.PictureRemoved is not null) return null;
        try
        {
            return Preview.Draw(
                files.Read(row.PictureHash), PictureMedia.Parse(row.MediaType), Side, options.MaxPictureMegapixels * 1_000_000L);
        }
        catch (Exception e) when (e is LostFileException or StoreAwayException or PromptADException or IOException)
        {
            return null;
        }
    }

    private async Task<string> WriteAsync(ReportContent content, LocalTimes times, CultureInfo culture)
    {
        // It flows to what is awaited here, and ends with this method.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
        await using var renderer = new HtmlRenderer(services, logs);
        string html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<ReportDocument>(
            ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(ReportDocument.Content)] = content,
                [nameof(ReportDocument.Times)] = times,
            }))).ToHtmlString());
        return $"<!DOCTYPE html>\n{html}\n";
    }

    private static DateTimeOffset Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);
}
