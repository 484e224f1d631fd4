using System.Net.Http.Json;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>Whether everybody can use the pages, on a telephone, a tablet and a screen, light and dark. Leaves pictures of all.</summary>
public sealed class FitnessTests(TinyBackbone backbone, Chromium chromium) : TemporaryFolder
{
    [Theory]
    [InlineData("de-DE", false)]
    [InlineData("de-DE", true)]
    [InlineData("zh-CN", false)]
    public async Task Every_page_is_fit_for_all_at_each_width(string language, bool dark)
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            Path.Combine(Folder, "data"), backbone, settings: ["--Service:FolderRoots:0:Name=camera", $"--Service:FolderRoots:0:Path={Folder}"]);
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync("line-1");
        for (int i = 0; i < 8; i++) await JudgeAsync(station, "plate", i % 3 == 2 ? TestPictures.Defect(i) : TestPictures.Good(i), $"?part=SN-{4711 + i}");
        await InsertedInspections.AddAsync(service, await JudgeAsync(station, "plate", TestPictures.Good(0)), QualityPageTests.Drifting(DateTime.UtcNow));
        await SetUpAsync(service);
        InspectionResult last = await JudgeAsync(station, "plate", TestPictures.Defect(1), "?part=SN-4720");
        (string Name, string Path, string Ready)[] pages =
        [
            ("live", "/", ".strip li"), ("wall", "/?wall", ".strip li"), ("review", "/review", ".answers"), ("history", "/history", ".rows"),
            ("inspection", $"/inspections/{last.Id}", ".facts"), ("quality", "/quality?days=30", ".figure"), ("admin-users", "/administration/users", ".rows"), ("admin-keys", "/administration/keys", ".rows"),
            ("admin-sources", "/administration/sources", ".rows"), ("admin-sinks", "/administration/sinks", ".rows"), ("admin-storage", "/administration/storage", ".counts"),
            ("admin-log", "/administration/log", ".rows"), ("admin-audit", "/administration/audit", ".rows"),
            ("products", "/products", ".cards"), ("teach-good", "/products/plate?step=good", ".drop"),
            ("teach-train", "/products/plate?step=train", "[name=train-words]"), ("teach-calibrate", "/products/plate?step=calibrate", ".drop"),
            ("teach-versions", "/products/plate?step=versions", ".histogram"), ("teach-feedback", "/products/plate?step=feedback", ".counts"),
            ("limits", "/products/plate/limits", ".preview"), ("sign-in", "/sign-in", "form"), ("setup", "/setup?token=x", "form"),
        ];
        for (int i = 0; i < 3; i++) await service.SendPictureAsync($"/api/products/plate/pictures?name=Gutteil-Aufnahme-{i}.bmp", TestPictures.Good(i));
        List<string> faults = [];
        // The longest language is the one that breaks a layout, and the one without spaces.
        await using BrowserWindow window = await chromium.OpenAsync(service, language: language, dark: dark);
        await window.SignInAsync();
        foreach ((string name, string path, string ready) in pages)
        {
            await window.Page.GotoAsync(path);
            await window.Page.WaitForSelectorAsync(ready);
            await window.Page.WaitForFunctionAsync("() => [...document.images].every(one => one.complete)");
            if (name == "review")
            {
                await window.Page.Keyboard.PressAsync("r");
                await window.Page.WaitForSelectorAsync("[data-mark]");
            }
            foreach (int width in new[] { 390, 768, 1280 })
            {
                await window.Page.SetViewportSizeAsync(width, width == 390 ? 844 : 800);
                string where = $"{name}-{language[..2]}-{width}-{(dark ? "dark" : "light")}";
                await window.ShootAsync(where);
                int wide = await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
                if (wide > width) faults.Add($"{where}: {wide} px wide");
                // Who can use a page does not change with its language, and of darkness colours alone depend, which are the same at each width.
                if (language == "zh-CN" || (dark && width != 1280)) continue;
                AxeResult result = await window.Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
                faults.AddRange(result.Violations.Where(one => one.Impact is "serious" or "critical")
                    .Select(one => $"{where}: {one.Id} {one.Help}: {one.Nodes[0].Html}"));
            }
        }
        window.CheckQuiet();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <summary>Something to be seen on every part of the administration, errors among it.</summary>
    private static async Task SetUpAsync(ServiceUnderTest service)
    {
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("bert.instandhaltung@werk-sued", ServiceUnderTest.Password, Role.Engineer));
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("carla", ServiceUnderTest.Password, Role.Operator));
        await Ok(service.Administrator.PatchAsync("/api/users/carla", JsonContent.Create(new UserChange(Disabled: true), options: ServiceJson.Options)));
        await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-2", Days: 30));
        await PostAsync<SourceSettings>(service.Administrator, "/api/sources", new SourceSettings { Name = "top", Root = "camera", Folder = "not/there", Station = "line-1", Product = "plate" });
        await PostAsync<SinkSettings>(service.Administrator, "/api/sinks", new SinkSettings { Name = "erp", Url = "http://127.0.0.1:9/promptad", Secret = "secret" });
        service.Services.GetRequiredService<ILoggerFactory>().CreateLogger("PromptAD.Server.Sinks.WebhookSink")
            .Log(LogLevel.Error, default, "Receiver 'erp' does not take results: connection refused (127.0.0.1:9); they wait and are sent again", null, (text, _) => text);
    }
}
