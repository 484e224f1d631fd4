using System.Diagnostics;
using Microsoft.Playwright;
using PromptAD.Client;
using PromptAD.Server.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>
/// How fast the page is, beside what it is to be. Each figure is the best of some rounds: what else the machine does makes a page slower and
/// never faster. They are run by themselves (<c>--explicit only</c>), since other tests would be measured with them; CI does so.
/// </summary>
public sealed class PageFigureTests(TinyBackbone backbone, Chromium chromium, ITestOutputHelper output) : TemporaryFolder
{
    private const int Rounds = 5, Stored = 10_000, Verdicts = 30;
    private const double Interactive = 1000, Shown = 200, History = 300;

    // From the click to the frame in which the answer stands there.
    private const string Act = """
        async ([button, where, text]) => {
          const begun = performance.now();
          document.querySelector(button).click();
          while (!(document.querySelector(where) || { textContent: '' }).textContent.includes(text)) {
            if (performance.now() - begun > 10000) throw new Error(`${where} does not say ${text}`);
            await new Promise(requestAnimationFrame);
          }
          return performance.now() - begun;
        }
        """;

    private const string Scroll = """
        async () => {
          const begun = performance.now();
          for (let i = 1; i <= 10; i++) {
            window.scrollTo(0, document.documentElement.scrollHeight * i / 10);
            await new Promise(requestAnimationFrame);
          }
          return (performance.now() - begun) / 10;
        }
        """;

    [Fact(Explicit = true)]
    public async Task Each_page_can_be_used_within_a_second()
    {
        await using ServiceUnderTest service = await StartAsync();
        InspectionResult last = await FillAsync(service);
        (string Path, string Ready)[] pages =
        [
            ("/", ".strip li"), ("/?wall", ".strip li"), ("/review", ".answers"), ("/history", ".rows"), ($"/inspections/{last.Id}", ".facts"),
            ("/quality?days=7", ".figure"), ("/products", ".cards"), ("/products/plate?step=good", ".drop"), ("/products/plate?step=versions", "[data-version]"),
            ("/products/plate/limits", ".preview"), ("/administration/users", ".rows"), ("/administration/audit", ".rows"),
        ];
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync();
        List<string> slow = [];
        foreach ((string path, string ready) in pages)
        {
            List<double> times = [];
            for (int i = 0; i < Rounds && !times.Exists(one => one <= Interactive / 2); i++)
            {
                await window.Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Commit });
                // What is waited for is drawn by the page's connection alone, with what it has asked the service for.
                IJSHandle time = await window.Page.WaitForFunctionAsync("ready => document.querySelector(ready) && performance.now()", ready);
                times.Add(await time.JsonValueAsync<double>());
            }
            output.WriteLine($"{path}: {times.Min():0} ms ({string.Join(", ", times.Select(one => $"{one:0}"))})");
            if (times.Min() > Interactive) slow.Add($"{path} {times.Min():0} ms");
        }
        Assert.Empty(slow);
    }

    [Fact(Explicit = true)]
    public async Task A_verdict_is_shown_within_a_fifth_of_a_second()
    {
        await using ServiceUnderTest service = await StartAsync();
        HttpClient station = await service.WithKeyAsync("line-1");
        await JudgeAsync(station, "plate", TestPictures.Good(1));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync();
        await window.Page.WaitForSelectorAsync(".strip li");
        (double Median, double Worst) best = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds && best.Worst > Shown; round++)
        {
            List<double> times = [];
            for (int i = 0; i < Verdicts; i++)
            {
                InspectionResult judged = await JudgeAsync(station, "plate", i % 2 == 0 ? TestPictures.Good(i) : TestPictures.Defect(i));
                var waited = Stopwatch.StartNew();
                await window.Page.WaitForSelectorAsync($".verdict[data-inspection='{judged.Id}']");
                times.Add(waited.Elapsed.TotalMilliseconds);
                await Task.Delay(100); // as a line does; a verdict that comes sooner replaces one that was hardly seen
            }
            times.Sort();
            output.WriteLine($"verdict after its answer: median {times[Verdicts / 2]:0} ms, worst of {Verdicts} {times[^1]:0} ms");
            if (times[^1] < best.Worst) best = (times[Verdicts / 2], times[^1]);
        }
        Assert.InRange(best.Worst, 0, Shown);
    }

    [Fact(Explicit = true)]
    public async Task History_of_10000_inspections_scrolls_filters_and_turns_pages_without_a_wait()
    {
        await using ServiceUnderTest service = await StartAsync();
        await FillAsync(service);
        await using BrowserWindow window = await chromium.OpenAsync(service);
        IPage page = window.Page;
        await window.SignInAsync("/history");
        await Expect(page.Locator(".status")).ToHaveTextAsync($"Found: {Stored + 1:N0}");
        Dictionary<string, List<double>> times = [];
        for (int i = 0; i < Rounds; i++)
        {
            Add("scroll", await page.EvaluateAsync<double>(Scroll));
            Add("older page", await ActAsync(".pager button:last-of-type", ".pager", "51 to 100"));
            Add("newer page", await ActAsync(".pager button:first-of-type", ".pager", "1 to 50"));
            await page.SelectOptionAsync("[name=verdict]", "NG");
            Add("filter by verdict", await ActAsync(".filters [type=submit]", ".status", "Found: 3,334"));
            await page.SelectOptionAsync("[name=station]", "line-1");
            Add("filter by station, too", await ActAsync(".filters [type=submit]", ".status", "Found: 833"));
            await page.FillAsync("[name=part]", "SN-5");
            await page.Keyboard.PressAsync("Tab");
            Add("filter by part, too", await ActAsync(".filters [type=submit]", ".status", "Found: 1"));
            Add("clear", await ActAsync(".filters .do button:last-of-type", ".status", $"Found: {Stored + 1:N0}"));
            await page.FillAsync("[name=lowest]", "0.5");
            await page.Keyboard.PressAsync("Tab");
            Add("filter by score", await ActAsync(".filters [type=submit]", ".status", "Found: 5,0"));
            await ActAsync(".filters .do button:last-of-type", ".status", $"Found: {Stored + 1:N0}");
        }
        foreach ((string what, List<double> each) in times)
            output.WriteLine($"{what}: {each.Min():0} ms ({string.Join(", ", each.Select(one => $"{one:0}"))})");
        Assert.Empty(times.Where(one => one.Value.Min() > History).Select(one => one.Key));

        void Add(string what, double time)
        {
            if (!times.TryGetValue(what, out List<double>? each)) times[what] = each = [];
            each.Add(time);
        }

        Task<double> ActAsync(string button, string where, string text) => page.EvaluateAsync<double>(Act, new[] { button, where, text });
    }

    private async Task<ServiceUnderTest> StartAsync()
    {
        ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        return service;
    }

    private static async Task<InspectionResult> FillAsync(ServiceUnderTest service)
    {
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        DateTime now = DateTime.UtcNow;
        await InsertedInspections.AddAsync(service, judged, Enumerable.Range(0, Stored).Select(i => new InsertedInspections.Inserted(
            now.AddSeconds(i - (2 * Stored)), i / (float)Stored, (InspectionVerdict)(i % 3), Station: $"line-{i % 4}", Part: $"SN-{i}")));
        return judged;
    }
}
