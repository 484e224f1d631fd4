using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>The page in a real browser against the real service.</summary>
public sealed class PageTests(TinyBackbone backbone, Chromium chromium, ITestOutputHelper output) : TemporaryFolder
{
    [Fact]
    public async Task The_first_link_makes_an_administrator_who_signs_in_and_out()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, setUp: false);
        await using BrowserWindow window = await chromium.OpenAsync(service);
        string token = service.Services.GetRequiredService<SetupToken>().Text;

        await window.Page.GotoAsync("/setup?token=guessed");
        await FillAsync();
        await Expect(window.Page.Locator(".refused")).ToContainTextAsync("printed last");
        await window.Page.GotoAsync($"/setup?token={token}");
        await window.ShootAsync("setup");
        await FillAsync();

        await Expect(window.Page.Locator(".verdict")).ToContainTextAsync("No part yet");
        await window.Page.ClickAsync("[data-sign-out]");
        await Expect(window.Page).ToHaveTitleAsync("Sign in");
        await window.Page.GotoAsync("/history?x=1");
        Assert.Contains("/sign-in?back=%2Fhistory%3Fx%3D1", window.Page.Url);
        await window.Page.FillAsync("#name", Name);
        await window.Page.FillAsync("#password", "a wrong password");
        await window.Page.ClickAsync("form button");
        await Expect(window.Page.Locator(".refused")).ToContainTextAsync("five wrong ones");
        await window.Page.FillAsync("#password", Password);
        await window.Page.ClickAsync("form button");
        await Expect(window.Page).ToHaveTitleAsync("History");
        Assert.Empty(window.Elsewhere);

        async Task FillAsync()
        {
            await window.Page.FillAsync("#name", Name);
            await window.Page.FillAsync("#password", Password);
            await window.Page.ClickAsync("form button");
        }
    }

    [Fact]
    public async Task Live_shows_a_verdict_as_soon_as_it_is_there()
    {
        await using ServiceUnderTest service = await StartAsync();
        HttpClient station = await service.WithKeyAsync("line-1");
        await JudgeAsync(station, "plate", TestPictures.Good(1), "?part=SN-0");
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync();
        await Expect(window.Page.Locator(".verdict .which")).ToContainTextAsync("SN-0");
        List<double> times = [];

        for (int i = 1; i <= 5; i++)
        {
            InspectionResult judged = await JudgeAsync(station, "plate", i % 2 == 0 ? TestPictures.Good(i) : TestPictures.Defect(i), $"?part=SN-{i}");
            var waited = Stopwatch.StartNew();
            await window.Page.WaitForSelectorAsync($".verdict[data-inspection='{judged.Id}']");
            times.Add(waited.Elapsed.TotalMilliseconds);
            await Expect(window.Page.Locator(".verdict .word")).ToHaveTextAsync(judged.Verdict == InspectionVerdict.NG ? "NG" : judged.Verdict == InspectionVerdict.OK ? "OK" : "REVIEW");
        }

        output.WriteLine($"verdict shown after its answer, in ms: {string.Join(", ", times.Select(one => $"{one:0}"))}");
        window.CheckQuiet();
        Assert.Equal(6, await window.Page.Locator(".strip li").CountAsync());
        await InspectAsync(station, "plate", [1, 2, 3]);
        await Expect(window.Page.Locator(".verdict .word")).ToHaveTextAsync("ERROR");
        await Expect(window.Page.Locator(".counts .failed dd")).ToHaveTextAsync("1");
        await window.ShootAsync("live-error");
        await JudgeAsync(await service.WithKeyAsync("line-2"), "plate", TestPictures.Good(3), "?part=other");
        await window.Page.SelectOptionAsync(".line select", "line-1");
        await Expect(window.Page).ToHaveURLAsync(new Uri(service.Address, "/?station=line-1").ToString());
        await Expect(window.Page.Locator(".strip li")).ToHaveCountAsync(7);
        await Expect(window.Page.Locator(".verdict .word")).ToHaveTextAsync("ERROR");
        window.CheckQuiet();
    }

    [Fact]
    public async Task Keys_review_what_waits_and_take_it_back()
    {
        await using ServiceUnderTest service = await StartAsync();
        HttpClient station = await service.WithKeyAsync("line-1");
        List<InspectionResult> bad = [];
        for (int i = 0; i < 3; i++) bad.Add(await JudgeAsync(station, "plate", TestPictures.Defect(i), $"?part=SN-{i}"));
        await JudgeAsync(station, "plate", TestPictures.Good(1));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/review");
        await LooksAtAsync(2);
        await Expect(window.Page.Locator(".status")).ToHaveTextAsync("Waiting for a look: 3");

        await window.Page.Keyboard.PressAsync("ArrowRight");
        await LooksAtAsync(1);
        await window.Page.Keyboard.PressAsync("d");
        await Expect(window.Page.Locator(".status")).ToContainTextAsync("as a defect");
        await LooksAtAsync(0);
        await window.Page.Keyboard.PressAsync("ArrowLeft");
        await LooksAtAsync(2);
        await window.Page.Keyboard.PressAsync("g");
        await Expect(window.Page.Locator(".status")).ToContainTextAsync("as good");
        Assert.Equal((ReviewedAs.Good, ReviewedAs.Defect), (await ReviewOfAsync(2), await ReviewOfAsync(1)));
        await window.Page.Keyboard.PressAsync("u");
        await Expect(window.Page.Locator(".status")).ToContainTextAsync("taken back");
        await LooksAtAsync(2);
        Assert.Null(await ReviewOfAsync(2));

        // Somebody else was faster; then a new one comes by itself.
        await Ok(service.Administrator.PutAsJsonAsync($"/api/inspections/{bad[2].Id}/review", new ReviewRequest(ReviewedAs.Defect), ServiceJson.Options));
        await window.Page.Keyboard.PressAsync("g");
        await Expect(window.Page.Locator(".status")).ToContainTextAsync("meanwhile");
        Assert.Equal(ReviewedAs.Defect, await ReviewOfAsync(2));
        await LooksAtAsync(0);
        await window.Page.Keyboard.PressAsync("g");
        await Expect(window.Page.Locator(".empty")).ToContainTextAsync("Nothing waits");
        bad.Add(await JudgeAsync(station, "plate", TestPictures.Defect(9)));
        await LooksAtAsync(3);
        window.CheckQuiet();

        Task LooksAtAsync(int which) => Expect(window.Page.Locator("section[data-inspection]")).ToHaveAttributeAsync("data-inspection", $"{bad[which].Id}");

        async Task<ReviewedAs?> ReviewOfAsync(int which) =>
            (await GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{bad[which].Id}")).Review;
    }

    [Fact]
    public async Task History_filters_turns_pages_and_opens_an_inspection()
    {
        await using ServiceUnderTest service = await StartAsync();
        HttpClient station = await service.WithKeyAsync("line-1"), other = await service.WithKeyAsync("line-2");
        for (int i = 0; i < 52; i++) await JudgeAsync(station, "plate", TestPictures.Good(1), $"?part=SN-{i}");
        InspectionResult bad = await JudgeAsync(other, "plate", TestPictures.Defect(1), "?part=bad");
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/history");
        ILocator rows = window.Page.Locator(".rows tbody tr"), found = window.Page.Locator(".status");
        await Expect(found).ToHaveTextAsync("Found: 53");
        await Expect(rows).ToHaveCountAsync(50);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Older" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(3);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Newer" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(50);
        await window.Page.SelectOptionAsync("[name=station]", "line-2");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(found).ToHaveTextAsync("Found: 1");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = $"Open inspection {bad.Id}" }).ClickAsync();
        await Expect(window.Page.Locator(".facts")).ToContainTextAsync("bad");
        await window.Page.GoBackAsync();
        await window.Page.FillAsync("[name=from]", "2031-01-01T00:00");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(found).ToContainTextAsync("No inspection fits");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Expect(found).ToHaveTextAsync("Found: 53");
        window.CheckQuiet();
    }

    [Fact]
    public async Task History_of_10000_inspections_is_found_without_a_wait()
    {
        await using ServiceUnderTest service = await StartAsync();
        InspectionResult real = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        await using (ServiceContext db = await service.Services.GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync())
        {
            db.Inspections.AddRange(Enumerable.Range(0, 10_000).Select(i => new InspectionRow
            {
                ProductId = "plate",
                Version = 1,
                Station = $"line-{i % 4}",
                Part = $"SN-{i}",
                Received = DateTime.UtcNow.AddSeconds(i - 20_000),
                PictureHash = real.PictureHash,
                MediaType = real.MediaType,
                State = InspectionState.Done,
                Verdict = (InspectionVerdict)(i % 3),
                Score = i / 10_000f,
            }));
            await db.SaveChangesAsync();
        }
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/history");
        ILocator found = window.Page.Locator(".status");
        await Expect(found).ToHaveTextAsync("Found: 10,001");
        List<string> times = [];

        await MeasureAsync("older", () => window.Page.GetByRole(AriaRole.Button, new() { Name = "Older" }).ClickAsync(), window.Page.Locator(".pager"), "51 to 100");
        await window.Page.SelectOptionAsync("[name=verdict]", "NG");
        await MeasureAsync("verdict", SearchAsync, found, "Found: 3,334");
        await window.Page.SelectOptionAsync("[name=station]", "line-1");
        await MeasureAsync("station", SearchAsync, found, "Found: 833");
        await window.Page.FillAsync("[name=part]", "SN-5");
        await MeasureAsync("part", SearchAsync, found, "Found: 1");

        output.WriteLine($"history of 10,000, in ms: {string.Join(", ", times)}");

        Task SearchAsync() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();

        async Task MeasureAsync(string what, Func<Task> act, ILocator where, string expected)
        {
            var waited = Stopwatch.StartNew();
            await act();
            await Expect(where).ToContainTextAsync(expected);
            times.Add($"{what} {waited.ElapsedMilliseconds}");
        }
    }

    [Fact]
    public async Task Who_does_nothing_for_long_is_signed_out_in_all_windows_and_told()
    {
        await using ServiceUnderTest service = await StartAsync();
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.Page.Clock.InstallAsync();
        await window.SignInAsync("/history");
        await Expect(window.Page.Locator(".status")).ToContainTextAsync("No inspection fits");
        IPage other = await window.Page.Context.NewPageAsync();
        await other.GotoAsync("/review");

        await window.Page.Clock.FastForwardAsync(TimeSpan.FromMinutes(31).Ticks / TimeSpan.TicksPerMillisecond);

        await Expect(window.Page.Locator(".notice")).ToContainTextAsync("The sign-in has ended");
        Assert.Contains("back=%2Fhistory", window.Page.Url);
        await Expect(other.Locator(".notice")).ToContainTextAsync("The sign-in has ended");
    }

    [Fact]
    public async Task A_lost_connection_says_so_and_comes_back_by_itself()
    {
        await using ServiceUnderTest first = await StartAsync();
        await using BrowserWindow window = await chromium.OpenAsync(first, language: "de-DE");
        await window.SignInAsync();
        await Expect(window.Page.Locator(".verdict")).ToContainTextAsync("Noch kein Teil");

        await first.DisposeAsync();

        await Expect(window.Page.Locator("#components-reconnect-modal .lost")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(window.Page.Locator("#components-reconnect-modal .lost")).ToContainTextAsync("Die Verbindung zum Dienst ist verloren");
        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(Folder, backbone, settings: [$"--urls=http://127.0.0.1:{first.Address.Port}"]);
        await Expect(window.Page.Locator("#components-reconnect-modal .lost")).ToBeHiddenAsync(new() { Timeout = 30_000 });
        InspectionResult judged = await JudgeAsync(again.Administrator, "plate", TestPictures.Good(1));
        await window.Page.WaitForSelectorAsync($".verdict[data-inspection='{judged.Id}']");
        Assert.Empty(window.Elsewhere);
    }

    [Fact]
    public async Task A_user_who_was_shut_out_is_led_to_the_sign_in()
    {
        await using ServiceUnderTest service = await StartAsync();
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("bert", Password, Role.Operator));
        await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/review", "bert");
        await Expect(window.Page.Locator(".status")).ToHaveTextAsync("Waiting for a look: 1");

        await Ok(service.Administrator.PatchAsJsonAsync("/api/users/bert", new UserChange(Disabled: true), ServiceJson.Options));
        await window.Page.Keyboard.PressAsync("g");

        await Expect(window.Page.Locator(".notice")).ToContainTextAsync("The sign-in has ended");
        Assert.Null((await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections")).Items[0].Review);
    }

    [Fact]
    public async Task Language_and_colours_follow_the_browser_and_then_the_choice()
    {
        const string Dark = "rgb(15, 23, 32)";
        await using ServiceUnderTest service = await StartAsync();
        await using BrowserWindow window = await chromium.OpenAsync(service, language: "zh-CN");
        await window.SignInAsync();
        await Expect(window.Page.Locator(".menu")).ToContainTextAsync("历史");
        await Expect(window.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-Hans");
        await window.ShootAsync("live-chinese");

        await window.Page.SelectOptionAsync("select[data-choice=promptad-language]", new SelectOptionValue { Label = "Deutsch" });
        await Expect(window.Page.Locator(".menu")).ToContainTextAsync("Verlauf");
        await Eventually.GetAsync(ChooseDarkAsync, background => background == Dark, "the dark colours");
        await window.Page.ReloadAsync();
        Assert.Equal(Dark, await BackgroundAsync());
        await Expect(window.Page.Locator(".menu")).ToContainTextAsync("Verlauf");
        // The interface speaks as ever, also to the page.
        Assert.Contains("it must be", await Refused(System.Net.HttpStatusCode.BadRequest, service.Administrator.GetAsync("/api/inspections?limit=0")));
        window.CheckQuiet();

        // A page that loads again is seen before its script listens.
        async Task<string> ChooseDarkAsync()
        {
            await window.Page.SelectOptionAsync("select[data-choice=promptad-theme]", "dark");
            return await BackgroundAsync();
        }

        Task<string> BackgroundAsync() => window.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
    }

    private async Task<ServiceUnderTest> StartAsync(params string[] settings)
    {
        ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, settings: settings);
        await service.ImportAsync("plate", backbone);
        return service;
    }
}
