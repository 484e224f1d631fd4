using Microsoft.Playwright;
using PromptAD.Client;
using PromptAD.Server.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;
using static PromptAD.Server.Tests.Fixtures.InsertedInspections;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>The quality page and its report in a real browser.</summary>
public sealed class QualityPageTests(TinyBackbone backbone, Chromium chromium) : TemporaryFolder
{
    [Fact]
    public async Task A_drift_is_an_alarm_in_words_and_a_report_can_be_kept()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        InspectionResult judged = await JudgeAsync(await service.WithKeyAsync("line-1"), "plate", TestPictures.Good(1));
        await AddAsync(service, judged, Drifting(DateTime.UtcNow));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/quality");
        ILocator drift = window.Page.Locator("[data-drift]");

        await Expect(drift).ToHaveAttributeAsync("data-drift", "Higher");
        await Expect(drift.Locator(".word")).ToHaveTextAsync("DRIFT: SCORES RISE");
        await Expect(drift).ToHaveAttributeAsync("role", "alert");
        await Expect(window.Page.Locator(".chart svg").First).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex(@"^Control chart of scores: \d+ points, \d+ of them outside"));
        await window.Page.Locator("summary").First.ClickAsync();
        Assert.True(await window.Page.Locator(".figure").First.Locator("tbody tr").CountAsync() > 50);
        await window.Page.Locator("summary").First.ClickAsync();

        // The period changes the charts and the address; the alarm is of the latest parts.
        await window.Page.SelectOptionAsync("[name=days]", "1");
        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("days=1$"));
        await Expect(drift).ToHaveAttributeAsync("data-drift", "Higher");
        await window.Page.SelectOptionAsync("[name=days]", "30");
        await Expect(window.Page.Locator(".counts")).ToContainTextAsync("False rejects");

        IDownload download = await window.Page.RunAndWaitForDownloadAsync(() => window.Page.GetByRole(AriaRole.Link, new() { Name = "Report of the period" }).ClickAsync());
        string file = Path.Combine(Folder, download.SuggestedFilename);
        await download.SaveAsAsync(file);
        IPage report = await window.Page.Context.NewPageAsync();
        await report.GotoAsync(new Uri(file).AbsoluteUri);
        await Expect(report.Locator("h1")).ToHaveTextAsync("Quality report: plate");
        await Expect(report.Locator(".worst img").First).ToHaveJSPropertyAsync("naturalWidth", 48);
        await Expect(report.Locator(".chart")).ToHaveCountAsync(2);
        await report.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", "report.png"), FullPage = true });
        IDownload csv = await window.Page.RunAndWaitForDownloadAsync(() => window.Page.GetByRole(AriaRole.Link, new() { Name = "All inspections as CSV" }).ClickAsync());
        Assert.Equal("inspections.csv", csv.SuggestedFilename);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task History_finds_scores_between_two_values()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));
        await AddAsync(service, judged, Enumerable.Range(0, 10_000).Select(i => new Inserted(DateTime.UtcNow.AddSeconds(-i), 10 + (i / 10_000f))));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/history");
        await Expect(window.Page.Locator(".status")).ToHaveTextAsync("Found: 10,001");

        await window.Page.FillAsync("[name=lowest]", "10.25");
        await window.Page.FillAsync("[name=highest]", "10.5");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();

        await Expect(window.Page.Locator(".status")).ToHaveTextAsync("Found: 2,501");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Expect(window.Page.Locator(".status")).ToHaveTextAsync("Found: 10,001");
        window.CheckQuiet();
    }

    /// <summary>Two weeks of parts until now, of which those of the last two days have drifted, and rejects that were reviewed.</summary>
    internal static IEnumerable<Inserted> Drifting(DateTime now) => Enumerable.Range(0, 2000).Select(i =>
    {
        double level = 0.4 + (0.02 * Math.Sin(i / 90.0)) + (i < 1700 ? 0 : (i - 1700) * 0.0006);
        bool isReject = i % 12 == 0;
        ReviewedAs? review = !isReject || i % 36 == 0 ? null : (i / 12 % 5) < (i < 1700 ? 1 : 4) ? ReviewedAs.Good : ReviewedAs.Defect;
        return new Inserted(
            now.AddMinutes((i - 2000) * 10), review == ReviewedAs.Defect ? 2 : Scatter(i, level), !isReject ? InspectionVerdict.OK : i % 24 == 0 ? InspectionVerdict.NG : InspectionVerdict.Review,
            review, $"line-{1 + (i % 2)}", $"SN-{4711 + i}");
    });
}
