"""WeChat's service account (服务号): pushes come in encrypted, answers go out with them or by the API.

Protocol: developers.weixin.qq.com/doc/service, safe mode (安全模式) only. docs/wechat.md says how to set it
up.
"""
